import { useChat } from "@ai-sdk/react";
import { useEffect, useRef } from "react";
import { lookAgain } from "../auth.js";
import { trouble } from "./problem.js";
import { readStored } from "./stored.js";
import { useBranches } from "./useBranches.js";
import { useCaughtUp } from "./useCaughtUp.js";
import { useJoined } from "./useJoined.js";
import { useStop } from "./useStop.js";
import { useTransport } from "./useTransport.js";
import { useMissingReply } from "./useMissingReply.js";

/**
 * `useChat` for one chat, with what it leaves to the page: branches, stopping, trying again, catching up with the table.
 *
 * @param changed is called when a turn begins and when it ends
 * @param note is told what is left of today's quota
 */
export function useDialogue({ place, stored, keep, changed, note }) {
  const transport = useTransport(note);
  // A chat that begins here has nothing to resume, but is resumed after a reload.
  const chat = useChat({
    id: place.id,
    messages: stored,
    transport,
    resume: !place.isNew,
    onError: (error) => trouble(error).code === "UNAUTHORIZED" && lookAgain(),
  });
  const { messages, status, sendMessage, setMessages, regenerate } = chat;
  const running = status === "submitted" || status === "streaming";
  const conversation = messages.findLast((message) => message.metadata?.conversation_id)?.metadata
    .conversation_id;
  useEffect(() => {
    if (conversation && conversation !== place.conversation) keep(conversation);
  }, [conversation]);
  const ran = useRef(false);
  useEffect(() => {
    if (ran.current !== running) changed();
    ran.current = running;
  }, [running]);
  useJoined(chat, conversation);
  const replyMissing = useMissingReply(chat, conversation);
  const { stop, stopping } = useStop(chat, running);
  useCaughtUp(chat, conversation);
  const { versionsOf, said } = useBranches(chat, conversation, running);

  const wasAnew = useRef(false);
  const send = async (text) => {
    wasAnew.current = false;
    keep();
    if (running) await chat.stop();
    // Whether the question that failed has arrived, only the table knows.
    if (status === "error") await readStored(conversation).then(setMessages, () => undefined);
    sendMessage({ text });
  };
  const edit = (messageId, text) => {
    wasAnew.current = false;
    sendMessage({ messageId, text });
  };
  const anew = (messageId) => {
    wasAnew.current = true;
    regenerate({ messageId });
  };
  const tryAgain = () => {
    const question = messages.findLastIndex((message) => message.role === "user");
    const { id, role, parts, metadata } = messages[question];
    if (metadata?.stored || wasAnew.current) return anew();
    // The same message under the same id is the same turn: the assistant gets it once.
    setMessages(messages.slice(0, question));
    sendMessage({ id, role, parts });
  };
  const buttons = { send, edit, anew, tryAgain, stop };
  return { ...chat, ...buttons, running, replyMissing, stopping, versionsOf, said };
}
