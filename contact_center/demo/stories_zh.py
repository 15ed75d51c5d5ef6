"""What Chinese-writing customers of the demo ask, and what they are told. {slots} are filled by `history`."""

from __future__ import annotations

from contact_center.demo.stories import About, Opening, Story

STORIES = (
    Story(
        kind="REPAIR",
        tags=("制冷",),
        weight=5,
        openings=(
            Opening(
                About.FRIDGE,
                ("冰箱不制冷", "{fridge} 冷藏室温度过高"),
                "您好，\n\n我家的 {fridge}（序列号 {serial}）从{weekday}开始就不制冷了，冷冻室正常，冷藏室显示 11 °C。断电重启过，没有用，风扇好像不转。"
                "请问还在保修期内吗？\n\n谢谢！\n{name}",
            ),
            Opening(
                About.FRIDGE,
                ("冰箱冷藏室不凉", "{fridge} 越来越不凉"),
                "客服您好：我{month}买的冰箱这几天越来越不凉，冷藏室已经 12 °C，菜都坏了。麻烦尽快安排师傅上门，最好是{weekday}上午。\n{name}",
            ),
        ),
        answers=(
            "{name}您好！从您描述的情况看，多半是启动继电器的问题。您的机器仍在保修期内，上门维修免费。{weekday} 9:30–11:30 师傅可以上门，您方便吗？",
            "您好，给您添麻烦了。请拍一张铭牌的照片（冷藏室左侧，果蔬盒后面），我今天就把配件订好。",
        ),
        replies=("{weekday}可以，九点以后家里有人。谢谢！", "照片已附上，请查收。"),
        closings=("师傅已更换配件，机器恢复正常。如有问题请随时回复此邮件。",),
        thanks=("修好了，速度很快，谢谢！", "现在温度正常了，非常感谢。"),
        note="24-W18 批次继电器，见通报 SB-211。城西服务车上有一件。",
    ),
    Story(
        kind="REPAIR",
        tags=("洗护",),
        weight=4,
        openings=(
            Opening(
                About.WASHER,
                ("洗衣机不排水", "{washer} 洗到一半停了"),
                "您好，家里的 {washer}（序列号 {serial}）洗到一半就停，水排不出去，过滤网已经清理过了。还可能是哪里的问题？\n{name}",
            ),
            Opening(
                About.WASHER,
                ("洗衣机脱水时移位", "{washer} 脱水晃得厉害"),
                "你好，{month}买的洗衣机脱水的时候一直往前跑，地脚我调过，是平的。{weekday}能安排师傅来看看吗？\n{name}",
            ),
        ),
        answers=(
            "{name}您好！谢谢您先做了检查。多半是排水泵或减震器的问题，您的 {washer} 还在保修期内。{weekday} 9:30–11:30 师傅带配件上门，您方便吗？",
        ),
        replies=("{weekday}可以，家里有人。", "好的，在二楼，有电梯。"),
        closings=("师傅已经修好。如再出现，请直接回复此邮件。",),
        thanks=("现在脱水很稳，谢谢！",),
        note="带排水泵和一对减震器，25K12 之前的 W9。",
    ),
    Story(
        kind="DELIVERY",
        tags=("物流",),
        weight=6,
        openings=(
            Opening(
                About.LATE,
                ("约好{weekday}送货没有来", "物流信息三天没有更新"),
                "你好，订单 {order} 说好{weekday}送到，等了一天没有人来，也没有电话。物流信息三天没更新了，到底什么时候能到？\n{name}",
            ),
            Opening(
                About.LATE,
                ("订单 {order} 什么时候到？", "请查一下订单 {order}"),
                "您好！请帮我查一下订单 {order} 现在到哪里了，家里等着用 {model}。谢谢。\n{name}",
            ),
        ),
        answers=(
            "{name}您好，已为您查到：货在{city}转运中心，因车辆故障延误，非常抱歉。新的送货时间是{weekday2}上午 8–12 点，司机会提前半小时打电话。",
            "您好，订单 {order} 昨天已出库，快递会短信告知两小时的送达时段。",
        ),
        replies=("好的，请务必提前打电话。", "收到，{weekday2}可以。"),
        closings=("物流显示已送达并安装完毕，祝您使用愉快！",),
        thanks=("已经收到，谢谢。",),
        note="已致电转运中心：装错车了，承诺{weekday2}上午送到。",
    ),
    Story(
        kind="RETURN",
        tags=("退换",),
        weight=3,
        openings=(
            Opening(
                About.HOOD,
                ("尺寸不合适，申请退货", "订单 {order} 退货"),
                "您好，订单 {order} 的油烟机比我家橱柜宽 4 厘米，没有用过，包装完好。请问怎么退货，运费谁承担？\n{name}",
            ),
            Opening(
                About.SHELF,
                ("层架两次发错型号", "订单 {order} 层架发错"),
                "已经是第二次发错层架了！我要的是 {fridge} 用的那一种。请把错的收回去，把对的发过来。\n{name}",
            ),
        ),
        answers=("{name}您好，本月底前可以免费退货。已为您预约{weekday}上门取件，请保留原包装。",),
        replies=("{weekday}取件没问题。", "谢谢，退款会原路返回吗？"),
        closings=("退货已签收，{amount} 已原路退回，请注意查收。",),
        thanks=("退款收到了，谢谢。",),
        note="14 排货架第二次拣错，已通知仓库。",
    ),
    Story(
        kind="INVOICE",
        tags=("发票",),
        weight=3,
        openings=(
            Opening(
                About.BILLED,
                ("发票税额重复计算", "订单 {order} 的发票需要重开"),
                "您好，订单 {order} 的发票税额重复计算了，财务无法入账，请重新开具。抬头和税号不变。\n{name}",
                answers=("您好，核实后确实重复计税，更正后的发票已发出，其他内容不变。给您带来不便非常抱歉。",),
                replies=("收到，谢谢。",),
                closings=("好的，先为您结案，如有其他问题直接回复即可。",),
            ),
            Opening(
                About.BILLED,
                ("订单 {order} 重复扣款", "扣了两次 {amount}"),
                "你好，订单 {order} 扣了两次款，{weekday}一次 {amount}，第二天又扣了一次，请核实并退回一笔。\n{name}",
                answers=(
                    "您好，两笔扣款都看到了，其中一笔是预授权，三个工作日内会自动撤销。我{weekday}再帮您确认一次。",
                ),
                replies=(
                    "还没有退回来。",
                    "好的，我再等等。",
                ),
                closings=("第二笔已撤销。如有其他问题，直接回复即可。",),
            ),
        ),
        thanks=("确认无误，谢谢。",),
        note=None,
    ),
    Story(
        kind="QUESTION",
        tags=("咨询",),
        weight=4,
        openings=(
            Opening(
                About.FRIDGE,
                ("冰箱门封条在哪里可以买到？", "{fridge} 的门封条"),
                "请问 {fridge} 的门封条老化了，在哪里可以买到？自己能换吗？\n{name}",
                answers=(
                    "您好，门封条型号 4410-F，商城可以直接购买，自己就能更换，大约二十分钟，步骤见说明书第 18 页。",
                ),
                replies=(
                    "明白了，谢谢！",
                    "商城里没有搜到，能发个链接吗？",
                ),
                closings=("在商城搜索 4410-F 即可，有货。",),
            ),
            Opening(
                About.STEAMER,
                ("{steamer} 用哪种除垢剂？", "蒸箱除垢"),
                "您好，蒸箱应该用哪种除垢剂？说明书上没有写清楚。谢谢！\n{name}",
                answers=("您好，普通柠檬酸除垢剂即可，每升水 50 克，商城编号 NR-3299。请不要用醋，会腐蚀密封圈。",),
                replies=(
                    "明白了，谢谢！",
                    "请问多久除一次垢？",
                ),
                closings=("一般两个月一次，或者除垢灯亮时。",),
            ),
            Opening(
                About.NOTHING,
                ("1 米 78 的位置放哪款冰箱？", "买之前想问一下 {model} 的噪音"),
                "您好，家里装修，冰箱位高 1 米 78，请问哪款放得下？厨房是开放式的，噪音大不大？\n{name}",
                answers=(
                    "您好，FrostLine 300 放得下，上方还余两厘米，噪音 36 分贝，几乎听不到。尺寸图在商城的商品页。",
                ),
                replies=("谢谢，哪里可以看到实物？",),
                closings=("体验店有样机，周一至周六十点以后都可以来看。",),
            ),
            Opening(
                About.NOTHING,
                ("四楼没有电梯能送上楼吗？", "送货安装怎么收费？"),
                "你好，想买 {model}，四楼没有电梯，能送上楼吗？旧机能拉走吗？\n{name}",
                answers=("您好，都可以，2000 元以上的订单免费，下单时请备注楼层。",),
                replies=("好的，这周就下单。",),
                closings=("期待您的订单！",),
            ),
        ),
        thanks=("谢谢！",),
        note=None,
    ),
    Story(
        kind="COMPLAINT",
        tags=("投诉",),
        weight=2,
        openings=(
            Opening(
                About.WASHER,
                ("修了两次还是坏的", "投诉：{washer} 修不好"),
                "你们的师傅来了两次，{washer} 还是老样子。我已经请了两天假，要求换新或者退款。\n{name}",
            ),
            Opening(
                About.WASHER,
                ("对售后非常失望", "投诉：没有人回电话"),
                "用你们的产品这么多年，从来没有遇到这样的服务。没有人回电话，每次都要从头说一遍。订单 {order}。请能做主的人联系我。\n{name}",
            ),
        ),
        answers=(
            "{name}您好，您的全部记录我都看过了，不用再重复说明，非常抱歉。再修没有意义：{weekday}给您换一台新的 {washer} 并安装好，另外补偿 {amount}。",
        ),
        replies=("这样可以接受，{weekday}没问题。", "谢谢你认真对待。"),
        closings=("新机器已安装完毕，有任何问题请直接找我。",),
        thanks=("新机器很安静，谢谢，你们挽回了一个老客户。",),
        note="王敏已批准：换新加补偿。中午前告知客户。",
    ),
    Story(
        kind="ORDER",
        tags=("订单",),
        weight=3,
        openings=(
            Opening(
                About.FRESH,
                ("订单 {order} 改地址", "刚下的订单想改送货地址"),
                "您好，刚下的订单 {order} 地址写错了，请改送到{city}{street}，收件人不变。谢谢！\n{name}",
                answers=("{name}您好，地址已经改好，几分钟后您会收到新的确认。",),
                replies=("好的，谢谢！",),
                closings=("新地址已写到送货单上。",),
            ),
            Opening(
                About.NOTHING,
                ("14 台 {model} 报价", "批量采购询价"),
                "您好，我们要更换厨房设备，下个月底前需要 14 台 {model}，含安装和延保，麻烦报个价。\n{name}",
                answers=("您好，感谢询问，已转给大客户部的同事，{weekday}前给您正式报价。",),
                replies=("收到，能否包含旧机回收？",),
                closings=("含旧机回收的报价已发出，请查收。",),
            ),
        ),
        thanks=("收到了，谢谢。",),
        note=None,
    ),
)
