const NUMBER = new Intl.NumberFormat("en-GB");

const counted = (number, name) => `${NUMBER.format(number)} ${name}${number === 1 ? "" : "s"}`;

/** What remains of today's quota; nothing before the API has said it. */
export function Quota({ left }) {
  if (!left) return null;
  const { messages, tokens } = left;
  return (
    <small className="quota">
      Left today: {counted(messages, "message")}, {counted(tokens, "token")}
    </small>
  );
}
