import { useEffect, useState } from "react";
import { fetchProfile } from "../auth.js";
import { useAction } from "../forms/useAction.js";

/** What GET /api/user/profile says (undefined before it answered, null without a profile). */
export function useProfile(user) {
  const [profile, setProfile] = useState();
  const { run, problem } = useAction(async () => {
    const answer = await fetchProfile();
    if (!answer.error) setProfile(answer.data);
    return answer;
  });
  const load = () => run();
  useEffect(() => {
    load();
  }, [user]);
  return { profile, problem, load };
}
