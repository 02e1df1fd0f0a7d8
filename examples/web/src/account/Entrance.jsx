import { useState } from "react";
import { Notice } from "../layout/Notice.jsx";
import { Panel } from "../layout/Panel.jsx";
import { Forgotten } from "./Forgotten.jsx";
import { SignIn } from "./SignIn.jsx";
import { SignUp } from "./SignUp.jsx";

const VIEWS = {
  signIn: { title: "Welcome back", content: SignIn },
  signUp: { title: "Create an account", content: SignUp },
  forgotten: { title: "Forgotten password", content: Forgotten },
};

/** What a visitor without a session sees. */
export function Entrance({ notice, problem }) {
  const [view, setView] = useState("signIn");
  const { title, content: Content } = VIEWS[view];
  const isNew = view === "signUp";
  return (
    <div className="entrance">
      <Notice kind="done" text={notice} />
      <Notice kind="problem" text={problem} />
      <Panel title={title} level="h1">
        <Content />
      </Panel>
      {view === "signIn" && (
        <p className="other">
          <button className="link" onClick={() => setView("forgotten")}>
            Forgotten your password?
          </button>
        </p>
      )}
      <p className="other">
        {isNew ? "Already have an account?" : "New here?"}{" "}
        <button className="link" onClick={() => setView(isNew ? "signIn" : "signUp")}>
          {isNew ? "Sign in instead" : "Create an account"}
        </button>
      </p>
      {view === "forgotten" && (
        <p className="other">
          <button className="link" onClick={() => setView("signIn")}>
            Back to sign in
          </button>
        </p>
      )}
    </div>
  );
}
