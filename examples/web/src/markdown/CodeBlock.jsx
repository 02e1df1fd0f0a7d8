import { useRef } from "react";
import { useCopy } from "./useCopy.js";

/** A block of code with a button that copies it. */
export function CodeBlock({ children }) {
  const code = useRef();
  const { state, copy } = useCopy();
  const language = /language-(\S+)/.exec(children?.props?.className)?.[1];
  const copyAll = () => copy(code.current.textContent.replace(/\n$/, ""));
  return (
    <div className="code">
      <div className="head">
        <span>{language}</span>
        <button onClick={copyAll}>
          {state ?? "Copy"}
          {!state && <span className="unseen"> the code</span>}
        </button>
        <span className="unseen" role="status">
          {state}
        </span>
      </div>
      <pre ref={code} tabIndex={0}>
        {children}
      </pre>
    </div>
  );
}
