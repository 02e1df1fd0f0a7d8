/** The frame of every view: the name on top, what the view adds to it, and the content. */
export function Layout({ view, corner, children }) {
  return (
    <div className={`frame ${view}-view`}>
      <header className="top">
        <a className="name" href="/">
          <img src="/tessera.svg" alt="" width="28" height="28" />
          Tessera
        </a>
        {corner}
      </header>
      <main>{children}</main>
    </div>
  );
}
