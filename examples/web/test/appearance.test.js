import { test } from "node:test";
import { newChat, SLOW } from "./support/chat.js";
import { keep, SIZES } from "./support/pictures.js";
import { newDevice, somebody } from "./support/stage.js";

for (const [size, options] of Object.entries(SIZES)) {
  test(`every view fits its window and is kept as a picture: ${size}`, async () => {
    const ada = somebody();
    const device = await newDevice(options);
    const picture = (view) => keep(device, `${size}-${view}`);
    await device.isSignedOut();
    await picture("1-sign-in");
    await device.signUp({ ...ada, password: "short" }, { Software: "Beginner", Hardware: "Robotics" });
    await device.complains("at least 8 characters");
    await picture("2-sign-up-refused");
    await device.signUp(ada);
    await device.isSignedIn();
    await device.shows(device.panel("Stored profile").getByText("robotics"));
    await picture("3-signed-in");
    const other = await newDevice({ userAgent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0" });
    await other.signIn(ada);
    await other.isSignedIn();
    await device.button("Refresh").click();
    await device.lists(2);
    await device.fill("Background", { choices: { Software: "Advanced" }, submit: "Save" });
    await device.says("Saved.");
    await device.fill("Password", { submit: "Change the password" });
    await device.shows(device.page.getByRole("alert"));
    await picture("4-at-work");
    await device.button("Sign out everywhere").click();
    await device.says("This device is signed out.");
    await picture("5-signed-out");
  });

  test(`the chat fits its window and is kept as pictures: ${size}`, async () => {
    const { device, chat } = await newChat(options);
    const picture = (view) => keep(device, `${size}-chat-${view}`);
    await picture("1-empty");
    await chat.ask("How does a stepper motor know where it is?");
    await chat.hasReply("How does a stepper motor know where it is?");
    await chat.rate(4);
    await chat.ask(SLOW);
    await device.shows(chat.replies.last().getByText("and so on and so"));
    await picture("2-replying");
    await chat.hasReply(SLOW);
    await picture("3-replied");
    await chat.ask("[[fail]] Say it in one word.");
    await device.shows(chat.panel.getByRole("alert"));
    await picture("4-broken-off");
    await device.open();
    await device.shows(chat.panel.getByRole("alert"));
    await picture("5-without-reply");
  });
}
