// The connection state as a dot and a sentence.

import { fill } from "../lib/dom.js";

const TONES = { open: "dot--ok", connecting: "dot--warn", waiting: "dot--warn", refused: "dot--danger", missing: "dot--danger" };

export function showConnection(connection, sentences) {
  const dot = document.getElementById("connection-dot");
  const place = document.getElementById("connection-words");
  const show = ({ state, seconds }) => {
    dot.className = `dot ${TONES[state]}`;
    place.textContent = fill(sentences[state], { seconds });
  };
  connection.addEventListener("state", (event) => show(event.detail));
  show({ state: connection.state, seconds: 0 });
}
