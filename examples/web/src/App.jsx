import { lazy, Suspense, useEffect, useState } from "react";
import { Entrance } from "./account/Entrance.jsx";
import { useLink } from "./account/link.js";
import { NewPassword } from "./account/NewPassword.jsx";
import { Unreachable } from "./account/Unreachable.jsx";
import { auth } from "./auth.js";
import { Layout } from "./layout/Layout.jsx";
import { forgetRoute } from "./route.js";

/** Loaded when somebody is signed in: the way in needs neither the chat nor the settings. */
const Workspace = lazy(() => import("./Workspace.jsx"));

const WAITING = (
  <p className="waiting" role="status">
    One moment …
  </p>
);

/** Chooses the view by the link of a mail, then by the session. */
export function App() {
  const { data, error, isPending, refetch } = auth.useSession();
  const link = useLink();
  const ended = useEnded(data);
  if (data && !link.token) {
    return (
      <Suspense fallback={<Layout view="entrance">{WAITING}</Layout>}>
        <Workspace key={data.user.id} session={data.session} user={data.user} link={link} />
      </Suspense>
    );
  }
  return (
    <Layout view="entrance">
      {link.token ? (
        <NewPassword token={link.token} leave={link.leave} />
      ) : isPending ? (
        WAITING
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
    else if (seen) forgetRoute();
  }, [data]);
  return seen;
}
