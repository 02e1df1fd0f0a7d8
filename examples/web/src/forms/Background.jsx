import { Choice } from "./Choice.jsx";

const NOT_SAID = { value: "", label: "Not said" };

const LEVELS = [
  NOT_SAID,
  { value: "beginner", label: "Beginner" },
  { value: "intermediate", label: "Intermediate" },
  { value: "advanced", label: "Advanced" },
];

const HARDWARE = [
  NOT_SAID,
  { value: "robotics", label: "Robotics" },
  { value: "embedded systems", label: "Embedded systems" },
  { value: "none", label: "None" },
  { value: "other", label: "Other" },
];

/** The two questions about a user's background. */
export function Background({ level, hardware }) {
  return (
    <>
      <Choice legend="Software" name="software_level" options={LEVELS} value={level} />
      <Choice legend="Hardware" name="hardware_background" options={HARDWARE} value={hardware} />
    </>
  );
}
