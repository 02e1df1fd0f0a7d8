import { useEffect, useState } from "react";
import { Entrance } from "./account/Entrance.jsx";
import { useLink } from "./account/link.js";
import { NewPassword } from "./account/NewPassword.jsx";
import { Unreachable } from "./account/Unreachable.jsx";
import { auth } from "./auth.js";
import { Layout } from "./layout/Layout.jsx";
import { Workspace } from "./Workspace.jsx";

/** Chooses the view by the link of a mail, then by the session. */
export function App() {
  const { data, error, isPending, refetch } = auth.useSession();
  const link = useLink();
  const ended = useEnded(data);
  if (data && !link.token) {
    return <Workspace session={data.session} user={data.user} notice={link.done} problem={link.problem} />;
  }
  return (
    <Layout>
      {link.token ? (
        <NewPassword token={link.token} leave={link.leave} />
      ) : isPending ? (
        <p className="waiting" role="status">
          One moment …
        </p>
      ) : error ? (
        <Unreachable error={error} again={refetch} />
      ) : (
        <Entrance notice={link.done ?? (ended && "This device is signed out.")} problem={link.problem} />
      )}
    </Layout>
  );
}

/** Whether there was a session since the page was loaded. */
function useEnded(data) {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    if (data) setSeen(true);
  }, [data]);
  return seen;
}
