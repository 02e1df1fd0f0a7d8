/** One of a few values, all in sight. */
export function Choice({ legend, name, options, value }) {
  return (
    <fieldset className="choice">
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            value={option.value}
            defaultChecked={option.value === (value ?? "")}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
