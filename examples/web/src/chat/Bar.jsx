import { Icon } from "../layout/Icon.jsx";

/** The title of the open chat; on a narrow window also the way to the others. */
export function Bar({ title, list, start }) {
  return (
    <header className="bar">
      {list && (
        <button className="bare" aria-label="Conversations" aria-haspopup="dialog" onClick={list}>
          <Icon name="list" />
        </button>
      )}
      <h1>{title}</h1>
      {list && (
        <button className="bare" aria-label="New chat" onClick={start}>
          <Icon name="plus" />
        </button>
      )}
    </header>
  );
}
