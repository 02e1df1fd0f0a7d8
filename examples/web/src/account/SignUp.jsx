import { auth } from "../auth.js";
import { Background } from "../forms/Background.jsx";
import { Field } from "../forms/Field.jsx";
import { Form } from "../forms/Form.jsx";
import { Providers } from "./Providers.jsx";

const signUp = (values, options) => {
  const said = Object.entries(values).filter(([name, value]) => value || name === "name");
  return auth.signUp.email(Object.fromEntries(said), options);
};

/** The way in for everybody else. */
export function SignUp() {
  return (
    <>
      <Providers />
      <Form name="Create an account" call={signUp} submit="Create the account">
        <Field label="Name" name="name" autoComplete="name" />
        <Field label="E-mail" name="email" type="email" autoComplete="username" />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          hint="8 to 128 characters. A few words in a row make a good one."
        />
        <p className="lead">Replies suit what you know already. You can say so later, too.</p>
        <Background />
      </Form>
    </>
  );
}
