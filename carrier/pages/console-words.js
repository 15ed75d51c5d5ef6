/* What the console says, in English and Chinese. */
import { language } from "./words.js";

const WORDS = {
  en: {
    title: "Phone company", emulated: "Emulated carrier", other: "中文", handset: "Open a handset", no_number: "This is not a telephone number: write it with + and the country", lost: "The phone company does not answer; trying again…",
    place_call: "Place a call", from: "From", to: "To", dial: "Call", call_hint: "Plays a customer without sound: you read what they hear, press keys and write what they say. To talk, open a handset.",
    send_text: "Send a text", body: "Text", send: "Send", faults: "Faults", no_faults: "Everything goes well. Inject a fault and watch the application cope.",
    point: "What is struck", kind: "What goes wrong", chance: "How often", narrower: "Only some…", path: "Address contains", event: "Event is", limit: "At most so many times", inject: "Inject", remove: "Remove", struck: "struck", always: "always",
    calls: "Calls", queues: "Queues", rooms: "Rooms", over: "Over", no_calls: "Nobody is on the phone. Place a call on the left, or open a handset and talk.", no_queues: "Nobody waits. Who is put in line by the application stands here.", no_rooms: "No room is open. Customer and agent meet in one as soon as the agent accepts.", none_over: "Calls that have ended stay here for a while.",
    what_happened: "What happened", timeline: "Timeline", requests: "Requests", texts: "Texts", alerts: "Alerts", show_all: "Show all", only: "Only",
    no_timeline: "Nothing happened yet. Each event of a call is written here: ringing, keys, prompts, rooms.", no_requests: "The application was not asked yet. Each webhook is listed here with what it carried and what came back.", no_texts: "No texts yet. Send one on the left: the application’s answers appear in the same thread.", no_alerts: "No alerts. What the carrier’s debugger would complain about appears here.",
    browser: "Browser", keys: "Keys", speak: "Say", say_what: "What they say…", hang_up: "Hang up", vanish: "Lose the browser", pick_up: "Answer", decline: "Decline", keyboard: "The keyboard’s digits, * and # press keys while this call is chosen.",
    hears: "Hears", hears_music: "music", hears_ringing: "ringing", hears_beep: "a beep", hears_silence: "silence", hears_awaited: "nothing: a key or words are awaited", hears_nothing: "nothing", hears_nobody: "nobody", too_quiet: "heard nothing for", and: ", ",
    hold: "on hold", muted: "muted", coaching: "coaching", coming: "is being called", init: "waits for a second participant", room_busy: "in progress", waits: "waits",
    queued: "Queued", initiated: "Calling", ringing: "Ringing", "in-progress": "Connected", completed: "Completed", busy: "Busy", failed: "Failed", canceled: "Cancelled", "no-answer": "No answer",
    carried: "Carried", answered: "Answered", empty: "nothing, or it was not kept", attempt: "Attempt", media: "files", ct: "no connection", rt: "no answer in time", reply: "Reply as", s: "s", t_accepted: "accepted", t_queued: "queued", t_sent: "sent", t_delivered: "delivered", t_read: "read", t_undelivered: "not delivered", t_failed: "failed",
    p_callback: "Callbacks to the application", p_request: "Questions to the application", p_rest: "REST requests of the application", p_call: "Calls placed", p_recording: "Recordings", p_message: "Texts sent",
    Lose: "It never arrives", Duplicate: "It arrives twice", Delay: "It arrives 1–8 s late", Swap: "It changes places with the next", Early: "It arrives before the REST answer", Skew: "Its clock is wrong by up to 3 s", Respond: "The application seems to answer 500", Slow: "The answer takes 16 s", LoseAnswer: "Done, but the answer is lost", Refuse: "Refused with 429", Hide: "What was created is not found for 0.5 s", Outcome_busy: "Busy", Outcome_no_answer: "Nobody answers", Outcome_failed: "The number cannot be reached", Absent: "The recording is lost", Fail: "Undelivered (30008)", Fail_late: "Undelivered after all",
  },
  zh: {
    title: "电话公司", emulated: "模拟运营商", other: "English", handset: "打开电话机", no_number: "这不是电话号码：请写上 + 和国家代码", lost: "连接不上运营商，正在重试…",
    place_call: "拨打电话", from: "主叫", to: "被叫", dial: "拨打", call_hint: "无声地扮演客户：阅读客户听到的内容，替客户按键、说话。需要真正通话时，请打开电话机。",
    send_text: "发送短信", body: "内容", send: "发送", faults: "故障", no_faults: "一切正常。注入一个故障，看看应用如何应对。",
    point: "影响对象", kind: "故障类型", chance: "发生概率", narrower: "限定范围…", path: "地址包含", event: "事件为", limit: "最多次数", inject: "注入故障", remove: "移除", struck: "已触发", always: "每次",
    calls: "通话", queues: "队列", rooms: "会议室", over: "已结束", no_calls: "当前没有通话。可在左侧拨打电话，或打开电话机直接交谈。", no_queues: "无人排队。被应用放入队列的来电会显示在这里。", no_rooms: "没有进行中的会议室。坐席接听后，客户与坐席在会议室中通话。", none_over: "已结束的通话会在这里保留一段时间。",
    what_happened: "发生了什么", timeline: "时间线", requests: "请求", texts: "短信", alerts: "告警", show_all: "显示全部", only: "仅看",
    no_timeline: "还没有任何事件。振铃、按键、语音提示、会议室等每个通话事件都会记录在这里。", no_requests: "还没有向应用发出请求。每个 Webhook 的内容和响应都会列在这里。", no_texts: "还没有短信。在左侧发送一条，应用的回复会出现在同一会话中。", no_alerts: "没有告警。运营商调试器会报告的问题将显示在这里。",
    browser: "浏览器", keys: "按键", speak: "说", say_what: "客户说的话…", hang_up: "挂断", vanish: "断开浏览器", pick_up: "接听", decline: "拒接", keyboard: "选中此通话时，键盘上的数字、* 和 # 即为按键。",
    hears: "正在听", hears_music: "音乐", hears_ringing: "振铃音", hears_beep: "提示音", hears_silence: "静音", hears_awaited: "无声：等待按键或说话", hears_nothing: "无声", hears_nobody: "听不到任何人", too_quiet: "静音时长", and: "、",
    hold: "保持中", muted: "已静音", coaching: "辅导中", coming: "正在呼叫", init: "等待第二位成员", room_busy: "进行中", waits: "已等待",
    queued: "待拨", initiated: "呼叫中", ringing: "振铃中", "in-progress": "已接通", completed: "已完成", busy: "忙线", failed: "失败", canceled: "已取消", "no-answer": "无人接听",
    carried: "请求内容", answered: "响应", empty: "为空或未保留", attempt: "第几次", media: "个附件", ct: "连接失败", rt: "响应超时", reply: "回复，身份为", s: "秒", t_accepted: "已受理", t_queued: "排队中", t_sent: "已发出", t_delivered: "已送达", t_read: "已读", t_undelivered: "未送达", t_failed: "发送失败",
    p_callback: "发给应用的回调", p_request: "向应用请求指令", p_rest: "应用的 REST 请求", p_call: "外呼", p_recording: "录音", p_message: "发出的短信",
    Lose: "永远不会送达", Duplicate: "送达两次", Delay: "延迟 1–8 秒送达", Swap: "与下一条顺序互换", Early: "早于 REST 响应送达", Skew: "时间戳偏差最多 3 秒", Respond: "应用好像返回了 500", Slow: "响应耗时 16 秒", LoseAnswer: "已执行，但响应丢失", Refuse: "以 429 拒绝", Hide: "新建对象 0.5 秒内查不到", Outcome_busy: "忙线", Outcome_no_answer: "无人接听", Outcome_failed: "号码无法接通", Absent: "录音丢失", Fail: "未送达（30008）", Fail_late: "先报送达，后报失败",
  },
};

/** @type {Record<string, string>} The carrier's own words for what happens to a call. */
const KINDS_ZH = {
  created: "创建", ringing: "振铃", initiated: "呼叫", answered: "接通", hears: "听到", gather: "等待输入", input: "输入", enqueued: "进入队列", dequeued: "离开队列", joined: "进入会议室", started: "开始通话", hold: "保持", unhold: "取消保持", left: "离开会议室", redirected: "转到新指令", bridged: "桥接",
  recording: "录音", "recording completed": "录音完成", fallback: "改用备用地址", "not let in": "未获准进入", ended: "结束", "callback lost": "回调丢失", "text received": "收到短信", "text accepted": "受理短信", "text queued": "短信排队", "text sent": "短信已发出", "text delivered": "短信已送达", "text undelivered": "短信未送达", "text failed": "短信失败",
  "conference-start": "会议开始", "conference-end": "会议结束", "participant-join": "成员加入", "participant-leave": "成员离开", "participant-hold": "成员保持", "participant-unhold": "成员取消保持", "participant-mute": "成员静音", "participant-unmute": "成员取消静音",
};

/** @param {string} name */
export const word = (name) => /** @type {Record<string, string>} */ (WORDS[language])[name] ?? name;

/** @param {string} kind */
export const happening = (kind) => (language === "zh" ? (KINDS_ZH[kind] ?? kind) : kind.replaceAll("-", " "));
