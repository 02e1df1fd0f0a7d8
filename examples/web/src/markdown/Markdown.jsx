import { memo } from "react";
import ReactMarkdown from "react-markdown";
import remarkGfm from "remark-gfm";
import { CodeBlock } from "./CodeBlock.jsx";
import { Image, Link } from "./links.jsx";
import { Table, Task } from "./parts.jsx";

const PLUGINS = [remarkGfm];

/** The page has headings of its own, so those of a reply begin below them. They drop ids, which two replies may share. */
const heading = (Tag) => ({ children }) => <Tag>{children}</Tag>;

const COMPONENTS = {
  a: Link,
  img: Image,
  pre: CodeBlock,
  table: Table,
  input: Task,
  h1: heading("h3"),
  h2: heading("h4"),
  h3: heading("h5"),
  h4: heading("h6"),
  h5: heading("h6"),
};

/** A reply. HTML in it stays text: it comes from a model, which may repeat anything. */
export const Markdown = memo(function Markdown({ text }) {
  return (
    <div className="text markdown">
      <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
        {text}
      </ReactMarkdown>
    </div>
  );
});
