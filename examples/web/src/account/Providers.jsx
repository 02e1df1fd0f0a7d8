import { useAction } from "../forms/useAction.js";
import { Notice } from "../layout/Notice.jsx";
import { PROVIDERS, signInAt } from "./providers.js";

/** The buttons that lead to providers, for those who have an account here and for those who have none. */
export function Providers() {
  const { run, pending, problem } = useAction(signInAt);
  if (PROVIDERS.length === 0) return null;
  return (
    <>
      <div className="ways">
        {PROVIDERS.map(({ id, name }) => (
          <button key={id} onClick={() => run(id)} disabled={pending}>
            Continue with {name}
          </button>
        ))}
      </div>
      <Notice kind="problem" text={problem} />
      <p className="or">or</p>
    </>
  );
}
