// The official client, set up as its documentation says, once for cookies and once for tokens.

import { createAuthClient } from "better-auth/client";
import { emailOTPClient, jwtClient, magicLinkClient } from "better-auth/client/plugins";
import { Browser } from "./browser.js";
import { url } from "./target.js";

const plugins = [jwtClient(), magicLinkClient(), emailOTPClient()];

/** An application with cookies: the client's defaults. */
export function cookieClient() {
  const browser = new Browser();
  const auth = createAuthClient({
    baseURL: url,
    plugins,
    fetchOptions: { customFetchImpl: browser.fetch },
  });
  const request = (path, init) => browser.fetch(url + path, { ...init, credentials: "include" });
  return { mode: "cookie", auth, browser, request };
}

/** An application that keeps the token of the `set-auth-token` header, and sends no cookies. */
export function bearerClient(token = "") {
  const browser = new Browser();
  const kept = { token };
  const auth = createAuthClient({
    baseURL: url,
    plugins,
    fetchOptions: {
      customFetchImpl: browser.fetch,
      credentials: "omit",
      auth: { type: "Bearer", token: () => kept.token },
      onSuccess: ({ response }) => {
        kept.token = response.headers.get("set-auth-token") ?? kept.token;
      },
    },
  });
  const request = (path, init = {}) => {
    const headers = { ...init.headers, authorization: `Bearer ${kept.token}` };
    return browser.fetch(url + path, { ...init, headers });
  };
  return { mode: "bearer", auth, browser, request, kept };
}

/** Both, by the name of the mode. */
export const clients = { cookie: cookieClient, bearer: bearerClient };
