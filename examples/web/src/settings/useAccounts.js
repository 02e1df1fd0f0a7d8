import { useEffect, useState } from "react";
import { auth } from "../auth.js";
import { useAction } from "../forms/useAction.js";

/** How the API calls the password among the ways to sign in. */
const PASSWORD = "credential";

/**
 * The user's ways to sign in.
 *
 * @returns `linked`, the accounts at providers; `hasPassword`, undefined before the API responded; `problem`; and
 *   `load`, which reads them again
 */
export function useAccounts(user) {
  const [accounts, setAccounts] = useState();
  const { run, problem } = useAction(async (_, options) => {
    const response = await auth.listAccounts({}, options);
    if (response.data) setAccounts(response.data);
    return response;
  });
  const load = () => run();
  useEffect(() => {
    load();
  }, [user.id]);
  const isPassword = ({ providerId }) => providerId === PASSWORD;
  return {
    linked: accounts?.filter((account) => !isPassword(account)) ?? [],
    hasPassword: accounts?.some(isPassword) ?? (problem ? true : undefined),
    problem,
    load,
  };
}
