// Times as the reader's own clock, zone and language show them.

const language = document.documentElement.lang || undefined;
const styles = {
  time: new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }),
  date: new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" }),
  full: new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }),
  day: new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" }),
};

/** @param {string|number|Date} moment @param {"time"|"date"|"full"|"day"} style */
export function shown(moment, style = "time") {
  return styles[style].format(new Date(moment));
}

/** Rewrites every <time data-local="time|date|full"> below `root`; the server has written UTC. */
export function localTimes(root) {
  for (const node of root.querySelectorAll("time[data-local]")) {
    node.textContent = shown(node.dateTime, node.dataset.local);
    node.title = shown(node.dateTime, "full");
  }
}

/** 125 -> "2:05"; never below zero. @param {number} seconds */
export function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const minutes = Math.floor(whole / 60);
  return `${minutes}:${String(whole % 60).padStart(2, "0")}`;
}

/** 12.34 -> "12.3 s", 450 -> "7.5 min", 29988 -> "8.3 h", as `simulator.durations` writes them. @param {number} seconds */
export function duration(seconds) {
  const [value, unit] = seconds < 120 ? [seconds, "s"] : seconds < 7200 ? [seconds / 60, "min"] : [seconds / 3600, "h"];
  return `${Number(value.toFixed(1))} ${unit}`;
}
