// Calls to the server: JSON both ways, the CSRF token, and a limit of time, after which nothing is taken for sent.

export class Refused extends Error {
  constructor(status, body) {
    super(body?.code ?? `http_${status}`);
    this.status = status;
    this.code = body?.code ?? `http_${status}`;
    this.body = body;
  }
}

// No answer came: no network, a cut, or too slow. Whether the server acted is unknown.
export class NoAnswer extends Error {}

function token() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

async function csrf() {
  if (!token()) await fetch("/api/v1/field/kit/?only=seal", { credentials: "same-origin" });
  return token();
}

// The answer's body. Raises Refused for an answer that says no, NoAnswer where none came in time.
export async function call(path, { method = "GET", json, bytes, headers = {}, timeout = 30_000 } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeout);
  try {
    const sent = { Accept: "application/json", ...headers };
    if (method !== "GET") sent["X-CSRFToken"] = await csrf();
    if (json !== undefined) sent["Content-Type"] = "application/json";
    const body = json === undefined ? bytes : JSON.stringify(json);
    const answer = await fetch(path, { method, body, headers: sent, signal: stop.signal, credentials: "same-origin", cache: "no-store" });
    const said = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
    if (!answer.ok) throw new Refused(answer.status, said);
    if (said === null) throw new NoAnswer("not JSON");
    return said;
  } catch (error) {
    if (error instanceof Refused || error instanceof NoAnswer) throw error;
    throw new NoAnswer(error.name === "AbortError" ? "timeout" : error.message);
  } finally {
    clearTimeout(timer);
  }
}

export function signedOut(error) {
  return error instanceof Refused && (error.status === 401 || ["not_authenticated", "authentication_failed"].includes(error.code));
}
