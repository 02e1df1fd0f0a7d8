import { useState } from "react";
import { Notice } from "../layout/Notice.jsx";
import { Panel } from "../layout/Panel.jsx";
import { SignIn } from "./SignIn.jsx";
import { SignUp } from "./SignUp.jsx";

/** What a visitor without a session sees. */
export function Entrance({ notice }) {
  const [isNew, setIsNew] = useState(false);
  return (
    <div className="entrance">
      <Notice kind="done" text={notice} />
      <Panel title={isNew ? "Create an account" : "Welcome back"}>
        {isNew ? <SignUp /> : <SignIn />}
      </Panel>
      <p className="other">
        {isNew ? "You have an account?" : "You are new here?"}{" "}
        <button className="link" onClick={() => setIsNew(!isNew)}>
          {isNew ? "Sign in instead" : "Create an account"}
        </button>
      </p>
    </div>
  );
}
