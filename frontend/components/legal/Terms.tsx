import { InWords } from "./InWords";
import { Operator } from "./Operator";
import { Paper, Points, Section } from "./Paper";

export function Terms() {
  return (
    <Paper>
      <p className="text-lg">
        The rules of the house, and there are few. Whoever runs this server may add their own. What is kept about you is on the page about{" "}
        <InWords href="/privacy/">privacy</InWords>.
      </p>
      <Operator />
      <Section head="Play fair">
        <Points>
          <li>Click with your own hands. No bots, no scripts and no automatic clickers in ranked play.</li>
          <li>Don&apos;t break the oven: no attacks, and no flooding of the server.</li>
          <li>If you find a way to cheat, tell whoever runs this server instead of using it.</li>
        </Points>
      </Section>
      <Section head="Be nice">
        <p>Your name is on other people&apos;s screens. Choose one that hurts nobody, and don&apos;t pretend to be somebody else.</p>
      </Section>
      <Section head="Who may play">
        <p>You, if you are 13 or older.</p>
      </Section>
      <Section head="As it comes">
        <p>
          The server comes as it is, without promises. It may be slow, be away, or lose a result. Whoever runs it may end games, close accounts, or take the
          whole bakery down.
        </p>
      </Section>
      <Section head="Leaving">
        <p>
          Whenever you like: <InWords href="/account/">your account</InWords> has a button that deletes it.
        </p>
      </Section>
    </Paper>
  );
}
