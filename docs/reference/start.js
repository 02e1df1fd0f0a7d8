// Shows openapi.yaml, and says who the requests of "Try it out" are from.

const who = document.getElementById("who");

/** The user whose session's cookie the browser sends to this origin, if the API is here and there is one. */
async function signedIn() {
  try {
    const response = await fetch("/api/auth/get-session");
    return response.ok ? (await response.json())?.user : undefined;
  } catch {
    return undefined;
  }
}

async function sayWho() {
  const user = await signedIn();
  who.textContent = user
    ? `Signed in as ${user.email}: requests of “Try it out” have the cookie of this session.`
    : "Not signed in. Press “Authorize” and paste a session_token, or sign in with a page of this origin.";
}

window.SwaggerUIBundle({
  dom_id: "#reference",
  url: "openapi.yaml",
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: "list",
  filter: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  // Nothing is sent to another host.
  validatorUrl: null,
});
sayWho();
window.addEventListener("focus", sayWho);
