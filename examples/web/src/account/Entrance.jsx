import { useEffect, useRef, useState } from "react";
import { Notice } from "../layout/Notice.jsx";
import { Panel } from "../layout/Panel.jsx";
import { ByCode } from "./ByCode.jsx";
import { ByLink } from "./ByLink.jsx";
import { Forgotten } from "./Forgotten.jsx";
import { SignIn } from "./SignIn.jsx";
import { SignUp } from "./SignUp.jsx";

const VIEWS = {
  signIn: { title: "Welcome back", content: SignIn },
  signUp: { title: "Create an account", content: SignUp },
  forgotten: { title: "Forgotten password", content: Forgotten },
  byLink: { title: "Look at your mail", content: ByLink },
  byCode: { title: "Look at your mail", content: ByCode },
};

const FIRST = { view: "signIn" };

/** What a visitor without a session sees. */
export function Entrance({ notice, problem }) {
  const [{ view, email }, setPlace] = useState(FIRST);
  const title = useFocus(view);
  const go = (next, address) => setPlace({ view: next, email: address });
  const { title: name, content: Content } = VIEWS[view];
  const isNew = view === "signUp";
  const isMailed = view === "byLink" || view === "byCode";
  return (
    <div className="entrance">
      {!isMailed && (
        <>
          <Notice kind="done" text={notice} />
          <Notice kind="problem" text={problem} />
        </>
      )}
      <Panel title={name} level="h1" titleRef={title}>
        <Content email={email} go={go} />
      </Panel>
      {view === "signIn" && (
        <p className="other">
          <button className="link" onClick={() => go("forgotten")}>
            Forgotten your password?
          </button>
        </p>
      )}
      {!isMailed && (
        <p className="other">
          {isNew ? "Already have an account?" : "New here?"}{" "}
          <button className="link" onClick={() => go(isNew ? "signIn" : "signUp")}>
            {isNew ? "Sign in instead" : "Create an account"}
          </button>
        </p>
      )}
      {(isMailed || view === "forgotten") && (
        <p className="other">
          <button className="link" onClick={() => go("signIn")}>
            {isMailed ? "Use another way" : "Back to sign in"}
          </button>
        </p>
      )}
    </div>
  );
}

/** The title of a view gets the focus if the button that led there is gone with it. */
function useFocus(view) {
  const title = useRef();
  const shown = useRef(view);
  useEffect(() => {
    if (shown.current !== view && document.activeElement === document.body) title.current.focus();
    shown.current = view;
  }, [view]);
  return title;
}
