"""What Chinese-writing customers of the demo ask, and what they are told. {slots} are filled by `history`."""

from __future__ import annotations

from contact_center.demo.stories import Story

STORIES = (
    Story(
        kind="REPAIR",
        tags=("制冷",),
        weight=5,
        subjects=("冰箱不制冷", "{fridge} 冷藏室温度过高", "冰箱冷藏室不凉"),
        opens=(
            "您好，\n\n我家的 {fridge}（序列号 {serial}）从{weekday}开始就不制冷了，冷冻室正常，冷藏室显示 11 °C。断电重启过，没有用，风扇好像不转。"
            "请问还在保修期内吗？\n\n谢谢！\n{name}",
            "客服您好：我{month}买的冰箱这几天越来越不凉，冷藏室已经 12 °C，菜都坏了。麻烦尽快安排师傅上门，最好是{weekday}上午。\n{name}",
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
        kind="DELIVERY",
        tags=("物流",),
        weight=6,
        subjects=("订单 {order} 什么时候到？", "物流信息三天没有更新", "约好{weekday}送货没有来"),
        opens=(
            "你好，订单 {order} 说好{weekday}送到，等了一天没有人来，也没有电话。物流信息三天没更新了，到底什么时候能到？\n{name}",
            "您好！请帮我查一下订单 {order} 现在到哪里了，家里等着用 {model}。谢谢。\n{name}",
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
        subjects=("型号发错了，申请退货", "订单 {order} 退货", "层架两次发错型号"),
        opens=(
            "您好，订单 {order} 的油烟机比我家橱柜宽 4 厘米，没有用过，包装完好。请问怎么退货，运费谁承担？\n{name}",
            "已经是第二次发错层架了！我要的是 {fridge} 用的那一种。请把错的收回去，把对的发过来。\n{name}",
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
        subjects=("发票抬头需要修改", "发票税额重复计算", "订单 {order} 重复扣款"),
        opens=(
            "您好，订单 {order} 的发票税额重复计算了，财务无法入账，请重新开具。抬头和税号不变。\n{name}",
            "你好，订单 {order} 扣了两次款，{weekday}一次 {amount}，第二天又扣了一次，请核实并退回一笔。\n{name}",
        ),
        answers=(
            "您好，核实后确实重复计税，更正后的发票已发出，其他内容不变。给您带来不便非常抱歉。",
            "您好，两笔扣款都看到了，其中一笔是预授权，三个工作日内会自动撤销。我{weekday}再帮您确认一次。",
        ),
        replies=("收到，谢谢。", "还没有退回来。"),
        closings=("第二笔已撤销。如有其他问题，直接回复即可。",),
        thanks=("确认无误，谢谢。",),
        note=None,
    ),
    Story(
        kind="QUESTION",
        tags=("咨询",),
        weight=4,
        subjects=("冰箱门封条在哪里可以买到？", "{steamer} 用哪种除垢剂？", "门可以换个方向开吗"),
        opens=(
            "请问 {fridge} 的门封条老化了，在哪里可以买到？自己能换吗？\n{name}",
            "您好，蒸箱应该用哪种除垢剂？说明书上没有写清楚。谢谢！\n{name}",
        ),
        answers=(
            "您好，门封条型号 4410-F，商城可以直接购买，自己就能更换，大约二十分钟，步骤见说明书第 18 页。",
            "您好，普通柠檬酸除垢剂即可，每升水 50 克。请不要用醋，会腐蚀密封圈。",
        ),
        replies=("明白了，谢谢！", "商城里没有搜到，能发个链接吗？"),
        closings=("在商城搜索 4410-F 即可，有货。",),
        thanks=("谢谢！",),
        note=None,
    ),
    Story(
        kind="COMPLAINT",
        tags=("投诉",),
        weight=2,
        subjects=("修了两次还是坏的", "对售后非常失望", "投诉：工程师未按时上门"),
        opens=(
            "你们的师傅来了两次，{model} 还是老样子。我已经请了两天假，要求换新或者退款。\n{name}",
            "用你们的产品这么多年，从来没有遇到这样的服务。没有人回电话，每次都要从头说一遍。订单 {order}。请能做主的人联系我。\n{name}",
        ),
        answers=(
            "{name}您好，您的全部记录我都看过了，不用再重复说明，非常抱歉。再修没有意义：{weekday}给您换一台新的 {model} 并安装好，另外补偿 {amount}。",
        ),
        replies=("这样可以接受，{weekday}没问题。", "谢谢你认真对待。"),
        closings=("新机器已安装完毕，有任何问题请直接找我。",),
        thanks=("新机器很安静，谢谢，你们挽回了一个老客户。",),
        note="王敏已批准：换新加补偿。中午前告知客户。",
    ),
)
