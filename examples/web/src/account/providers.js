import { auth } from "../auth.js";
import { BY_PROVIDER, HERE, LINKED, WELCOME } from "./link.js";

const NAMES = { google: "Google", github: "GitHub" };

/** As the build was told, else the one of `cargo xtask dev` for `vite dev`, else none. */
const CONFIGURED = import.meta.env.VITE_TESSERA_PROVIDERS ?? (import.meta.env.DEV ? "dev" : "");

/** The providers that the API has, in the order of their buttons: each with its `id` and its `name`. */
export const PROVIDERS = CONFIGURED.split(",")
  .map((entry) => entry.split("=").map((part) => part.trim()))
  .filter(([id]) => id)
  .map(([id, name]) => ({ id, name: name || NAMES[id] || id }));

/** What people call a provider. */
export function nameOf(id) {
  return PROVIDERS.find((provider) => provider.id === id)?.name ?? NAMES[id] ?? id;
}

/** Leaves the page for the provider's; a new user comes back to a word of welcome. */
export const signInAt = (provider, options) =>
  auth.signIn.social(
    { provider, callbackURL: HERE, newUserCallbackURL: WELCOME, errorCallbackURL: BY_PROVIDER },
    options,
  );

/** The same, to link the account there to the user's; both ways back lead to the settings. */
export const linkAt = (provider, options) =>
  auth.linkSocial(
    { provider, callbackURL: LINKED, errorCallbackURL: `${BY_PROVIDER}#/settings` },
    options,
  );
