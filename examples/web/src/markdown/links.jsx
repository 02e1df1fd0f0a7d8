import { createContext, use } from "react";

/** What may be a link in a reply. A place of this page is none, because a reply knows none. */
const LINK = /^(https?:\/\/|mailto:)/i;

const InLink = createContext(false);

/** A link out of the page, which gets no hold of it. */
export function Link({ href = "", children }) {
  if (!LINK.test(href)) return <span>{children}</span>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      <InLink value={true}>{children}</InLink>
    </a>
  );
}

/** An image is a link: to load it would tell its server what a reply has put into the address. */
export function Image({ src, alt }) {
  const text = alt ? `Image: ${alt}` : "Image";
  return use(InLink) ? <span>{text}</span> : <Link href={src}>{text}</Link>;
}
