import { auth } from "../auth.js";
import { lastConversation } from "../chat/usePlace.js";
import { useAction } from "../forms/useAction.js";
import { hashOf } from "../route.js";

/** Who is signed in, the way to the other view, and the way out. */
export function Corner({ user, view }) {
  const signOut = useAction((_, options) => auth.signOut({}, options));
  const other =
    view === "chat" ? { view: "settings" } : { view: "chat", conversation: lastConversation(user.id) };
  return (
    <div className="corner">
      <span title={user.email}>{user.name || user.email}</span>
      <a className="button" href={hashOf(other)}>
        {view === "chat" ? "Settings" : "Chat"}
      </a>
      <button onClick={() => signOut.run()} disabled={signOut.pending}>
        Sign out
      </button>
    </div>
  );
}
