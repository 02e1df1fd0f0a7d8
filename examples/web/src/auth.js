import { emailOTPClient, magicLinkClient } from "better-auth/client/plugins";
import { createAuthClient } from "better-auth/react";

/** Where the API is: as the build was told, else where it runs beside `vite dev`, else where this page comes from. */
export const API =
  import.meta.env.VITE_TESSERA_URL ?? (import.meta.env.DEV ? "http://localhost:9000" : window.location.origin);

/** The official client; nothing in it is particular to Tessera but the address. */
export const auth = createAuthClient({
  baseURL: API,
  plugins: [magicLinkClient(), emailOTPClient()],
  fetchOptions: {
    onError({ error }) {
      if (error.code === "UNAUTHORIZED") lookAgain();
    },
  },
});

/** Asks for the session again, and the page shows what is true now: another device may have ended it. */
export function lookAgain() {
  auth.$store.notify("$sessionSignal");
}

/** GET /api/user/profile with the session cookie; `data` is null without a profile. */
export async function fetchProfile() {
  const { data, error } = await auth.$fetch(`${API}/api/user/profile`);
  return error?.code === "PROFILE_NOT_FOUND" ? { data: null } : { data, error };
}
