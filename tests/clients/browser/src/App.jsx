import { useEffect, useState } from "react";
import { Entrance } from "./account/Entrance.jsx";
import { Unreachable } from "./account/Unreachable.jsx";
import { auth } from "./auth.js";
import { Layout } from "./layout/Layout.jsx";
import { Workspace } from "./Workspace.jsx";

/** Chooses the view by the session. */
export function App() {
  const { data, error, isPending, refetch } = auth.useSession();
  const ended = useEnded(data);
  if (data) return <Workspace session={data.session} user={data.user} />;
  return (
    <Layout>
      {isPending ? (
        <p className="waiting" role="status">
          One moment …
        </p>
      ) : error ? (
        <Unreachable error={error} again={refetch} />
      ) : (
        <Entrance notice={ended && "This device is signed out."} />
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
