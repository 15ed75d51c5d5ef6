/* What the handset's page says, in English and Chinese. */

const WORDS = {
  en: {
    title: "Handset", emulated: "Emulated carrier", console: "Console", other: "中文", phone: "Telephone", who: "Who calls",
    who_hint: "This page plays a customer’s telephone. Nothing leaves this machine.", caller: "Customer", stranger: "Somebody unknown", another: "Another number", from: "Their number", to: "Number to call",
    aloud: "Speak prompts aloud", keys_hint: "The keyboard’s digits, * and # press the keys; Enter calls, Escape hangs up.",
    dial: "Call", answer: "Answer", hang_up: "Hang up", decline: "Decline", speak: "Say", say_what: "Say something…", texts: "Texts", no_texts: "No texts yet.", file: "File", write: "Write a text…", send: "Send",
    idle: "Ready", calling: "Calling…", rings: "is calling", listening: "Connected", waits: "In line", talks: "Talking", held: "On hold", lost: "The phone company does not answer; trying again…",
    completed: "The call is over", busy: "Busy", failed: "This number cannot be reached", canceled: "The call is over", "no-answer": "Nobody answered", refused: "This is not a telephone number: write it with + and the country",
    asks_dtmf: "Press a key", asks_speech: "Say it", asks_both: "Press a key, or say it", music: "♪ music", beep: "(beep)", ringing: "(ringing)", no_microphone: "No microphone: you hear, and are not heard", recorded: "Recorded", elsewhere: "This telephone is open in another window",
  },
  zh: {
    title: "电话机", emulated: "模拟运营商", console: "控制台", other: "English", phone: "电话", who: "谁来电",
    who_hint: "本页模拟客户的电话，所有通话都不会离开这台电脑。", caller: "客户", stranger: "陌生来电", another: "其他号码", from: "来电号码", to: "拨打号码",
    aloud: "朗读语音提示", keys_hint: "键盘上的数字、* 和 # 即为按键；回车拨号，Esc 挂断。",
    dial: "拨打", answer: "接听", hang_up: "挂断", decline: "拒接", speak: "说", say_what: "说点什么…", texts: "短信", no_texts: "还没有短信。", file: "文件", write: "写短信…", send: "发送",
    idle: "就绪", calling: "正在拨打…", rings: "来电", listening: "已接通", waits: "排队中", talks: "通话中", held: "保持中", lost: "连接不上运营商，正在重试…",
    completed: "通话已结束", busy: "忙线", failed: "无法接通该号码", canceled: "通话已结束", "no-answer": "无人接听", refused: "这不是电话号码：请写上 + 和国家代码",
    asks_dtmf: "请按键", asks_speech: "请说话", asks_both: "请按键或说话", music: "♪ 音乐", beep: "（提示音）", ringing: "（振铃）", no_microphone: "没有麦克风：您能听到对方，对方听不到您", recorded: "录音中", elsewhere: "此电话已在另一个窗口打开",
  },
};

const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem("handset:language") ?? navigator.language;
/** @type {"en" | "zh"} */
export const language = asked.startsWith("zh") ? "zh" : "en";

/** @param {string} name */
export const word = (name) => /** @type {Record<string, string>} */ (WORDS[language])[name] ?? name;
