// Replies that came too late: kept in this browser until they are used or thrown away.

const KEY = "console-drafts";
const MOST = 50;

const all = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");
const store = (drafts) => localStorage.setItem(KEY, JSON.stringify(drafts.slice(-MOST)));

export function keepDraft({ session, turn, text }) {
  store([...all(), { session, turn, text, at: Date.now() }]);
}

export function draftsOf(session) {
  return all().filter((draft) => draft.session === session);
}

export function dropDraft(at) {
  store(all().filter((draft) => draft.at !== at));
}
