import { nameOf, linkAt, PROVIDERS } from "../account/providers.js";
import { auth } from "../auth.js";
import { useAction } from "../forms/useAction.js";
import { moment } from "../layout/dates.js";
import { Notice } from "../layout/Notice.jsx";
import { Panel } from "../layout/Panel.jsx";

/** The ways to sign in: what is always there, and accounts at providers, which can be linked and unlinked. */
export function WaysPanel({ email, ways }) {
  const link = useAction(linkAt);
  const unlink = useAction((accountId, options) => auth.unlinkAccount({ accountId }, options));
  const pending = link.pending || unlink.pending;
  const take = async (account) => {
    if (await unlink.run(account.id)) ways.load();
  };
  const isLinked = ({ id }) => ways.linked.some(({ providerId }) => providerId === id);
  return (
    <Panel title="Ways to sign in">
      <ul className="entries">
        <Way name="E-mail" fact={`A link or a code to ${email}`} />
        <Way name="Password" fact={{ true: "Set", false: "None yet" }[ways.hasPassword]} />
        {ways.linked.map((account) => {
          const name = nameOf(account.providerId);
          return (
            <Way key={account.id} name={name} fact={`Linked ${moment(account.createdAt)}`}>
              <button onClick={() => take(account)} disabled={pending} aria-label={`Unlink ${name}`}>
                Unlink
              </button>
            </Way>
          );
        })}
        {ways.hasPassword !== undefined &&
          PROVIDERS.filter((provider) => !isLinked(provider)).map(({ id, name }) => (
            <Way key={id} name={name} fact="Not linked">
              <button onClick={() => link.run(id)} disabled={pending} aria-label={`Link ${name}`}>
                Link
              </button>
            </Way>
          ))}
      </ul>
      <Notice kind="problem" text={ways.problem ?? link.problem ?? unlink.problem} />
    </Panel>
  );
}

function Way({ name, fact, children }) {
  return (
    <li className="entry">
      <div>
        <strong>{name}</strong>
        <small>{fact}</small>
      </div>
      {children}
    </li>
  );
}
