import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.jsx";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/forms.css";
import "./styles/buttons.css";
import "./styles/panels.css";
import "./styles/conversations.css";
import "./styles/chat.css";
import "./styles/messages.css";
import "./styles/markdown.css";

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
