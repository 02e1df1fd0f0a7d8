import { useEffect, useRef, useState } from "react";

/**
 * The text of the next message. It is kept while another chat or the settings are shown.
 *
 * @param drafts where texts are kept, by their conversations
 */
export function useDraft({ drafts, conversation = "new" }) {
  const [text, setText] = useState(drafts.get(conversation) ?? "");
  // A chat gets its conversation while it is shown, so only at its end is it known whose text this is.
  const latest = useRef();
  latest.current = [conversation, text];
  useEffect(() => () => void drafts.set(...latest.current), []);
  return [text, setText];
}
