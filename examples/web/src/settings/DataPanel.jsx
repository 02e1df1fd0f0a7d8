import { useAction } from "../forms/useAction.js";
import { Notice } from "../layout/Notice.jsx";
import { Panel } from "../layout/Panel.jsx";
import { everything, save } from "./export.js";

/** Downloads all that is stored of the user. */
export function DataPanel() {
  const download = useAction(async (_, options) => {
    const { data, error } = await everything(options);
    if (data) save(data);
    return { error };
  });
  return (
    <Panel title="Your data">
      <p className="lead">One file with your account, your conversations and your ratings.</p>
      <div className="actions">
        <button onClick={() => download.run()} disabled={download.pending}>
          {download.pending ? "One moment …" : "Download my data"}
        </button>
      </div>
      <Notice kind="problem" text={download.problem} />
    </Panel>
  );
}
