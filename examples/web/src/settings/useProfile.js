import { useEffect, useState } from "react";
import { fetchProfile } from "../auth.js";
import { useAction } from "../forms/useAction.js";

/** What GET /api/user/profile says (undefined before it responded, null without a profile). */
export function useProfile(user) {
  const [profile, setProfile] = useState();
  const { run, problem } = useAction(async () => {
    const response = await fetchProfile();
    if (!response.error) setProfile(response.data);
    return response;
  });
  const load = () => run();
  useEffect(() => {
    load();
  }, [user]);
  return { profile, problem, load };
}
