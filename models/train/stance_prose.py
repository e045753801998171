"""Written prose with known stance: editorials, reports and analyses over the frames of `stance_frames.toml`.

The labelled sets are arguments from debate portals and news sentences about
people. What they lack is written here by a grammar: news reports on a proposal
(neutral), the view of somebody else (neutral for the author), editorials for and
against, a demand criticised, both sides in balance, and texts that share the
actors or the area with a target and do not speak of it.
"""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

from stance_data import SEED_WORDS, Pair
from stance_targets import FLIP, ing

GROUPS = {
    "the Baltic states": ["Estonia", "Latvia", "Lithuania"],
    "the Nordic countries": ["Norway", "Sweden", "Denmark", "Finland", "Iceland"],
    "Andean states": ["Peru", "Bolivia", "Ecuador", "Colombia"],
    "Balkan states": ["Serbia", "Albania", "Montenegro", "North Macedonia", "Bosnia"],
    "Central American states": ["Honduras", "Guatemala", "Costa Rica", "Panama", "Nicaragua"],
    "Pacific island states": ["Fiji", "Samoa", "Tonga", "Vanuatu", "Palau"],
    "East African states": ["Kenya", "Uganda", "Tanzania", "Rwanda", "Burundi"],
    "West African states": ["Ghana", "Senegal", "Togo", "Benin", "Nigeria"],
    "South-East Asian states": ["Malaysia", "Vietnam", "Thailand", "the Philippines", "Cambodia"],
    "Caribbean states": ["Jamaica", "Barbados", "Trinidad and Tobago", "Haiti"],
    "Catholic-majority states": ["Poland", "Ireland", "Malta", "Mexico", "Paraguay"],
    "neutral states": ["Switzerland", "Austria", "Ireland", "Moldova"],
    "small European states": ["Luxembourg", "Malta", "Slovenia", "Cyprus"],
    "former colonies": ["Zambia", "Namibia", "Mozambique", "Angola", "Botswana"],
}
COUNTRIES = sorted({c for members in GROUPS.values() for c in members} | {"Canada", "Japan", "South Korea", "Brazil", "Chile", "Spain", "Italy", "France", "Germany", "Australia", "New Zealand", "Greece", "Nepal", "Sri Lanka", "Mongolia", "Georgia", "Armenia"})
RIVALS = ["Russia", "China", "Turkey", "India", "Venezuela", "Belarus", "Cuba", "Myanmar", "Ethiopia", "Argentina", "Algeria", "Hungary", "Zimbabwe", "Britain", "the United States", "Indonesia", "South Africa"]
DEMANDERS = ["Washington", "Brussels", "Beijing", "London", "Berlin", "Paris", "Tokyo", "New Delhi", "Moscow", "Canberra", "the White House", "the European Commission", "the World Bank"]
BLOCS = ["the European Union", "the African Union", "the United Nations", "Mercosur", "ASEAN", "the Commonwealth", "the Security Council"]
CITIES = ["Oslo", "Lyon", "Denver", "Leeds", "Porto", "Nairobi", "Toronto", "Cologne", "Bristol", "Seattle", "Turin", "Gdansk", "Auckland", "Kyoto", "Bogotá", "Glasgow", "Antwerp", "Boston"]
REGIONS = ["Nordic", "Baltic", "Andean", "Pacific", "Alpine", "Caribbean", "Danube", "Arctic", "Mekong", "Atlantic", "Adriatic", "Southern", "Lakes", "Highland", "Copenhagen", "Lima", "Cape Town", "Vienna", "Montreal"]
TOPICS = ["Trade", "Security", "Energy", "Climate", "Rail", "Fisheries", "Data", "Water", "Defence", "Customs", "Peace", "Grain", "Health", "Border"]
FORMS = ["Pact", "Compact", "Charter", "Treaty", "Union", "Framework", "Alliance", "Convention", "Partnership", "Protocol", "Community"]
CLUBS = ["NATO", "BRICS", "the OECD", "the International Criminal Court", "the Schengen area", "Mercosur", "the Energy Community", "the Pacific Alliance"]
TREATIES = ["the Paris Agreement", "the Non-Proliferation Treaty", "the Energy Charter", "the Ottawa Convention", "the Istanbul Convention", "the High Seas Treaty"]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]

# {Call} {call}: the thing by its name; {s} who acts; {act} {acting}: the deed; {pro} {con}: what it would do; {who}: somebody else.

OPENERS = """
{Dem} wants {s} to {act}.
The proposal that {s} should {act} is back on the table.
Should {s} {act}? The question has returned with force.
{S} may soon {act}.
For months there has been talk of {noun}.
There is a new push for {noun}.
{Noun} has become the talk of the capital.
Few subjects divide opinion as much as {noun}.
The plan is simple enough to state: {s} would {act}.
On {day}, the debate about {noun} entered a new round.
At issue is {noun}.
This week's decision concerns {noun}.
It all turns on whether {s} should {act}.
""".strip().splitlines()

AGAINST_ARGUMENT = """
{Call} would {con}.
{Call} would {con} and {con2}.
What {call} would really do is {con}.
The danger is plain: {call} would {con}.
Far from helping, {call} would {con}.
{Call} risks {coning}.
{Call} could {con}, and at the worst possible time.
Nobody has explained how {s} could {act} without {coning}.
To {act} now would {con}.
{Acting} would {con}.
Once the speeches are over, {call} will {con}.
And for what? {Call} would {con}.
The likeliest result is that {call} will {con}.
Even its authors can hardly deny that {call} would {con}.
It would {con}.
It may {con}, and it will certainly {con2}.
Worse, {call} would {con}.
The bill would come later: {call} would {con}.
Hidden cost: {call} could {con}.
Risk of backlash: {call} may {con}.
Doubtful logic: {acting} would {con} long before it helped anyone.
Weak foundations: {call} could easily {con}.
There is a good chance that {call} would {con}.
If {call} goes ahead, it will {con}.
Those who bear the cost are never asked, although {call} would {con}.
History suggests that {call} would {con}.
However it is dressed up, {call} would {con}.
{S} cannot {act} without {coning}.
By {acting_s}, {s} would {con}.
A quick signature today would {con} tomorrow.
""".strip().splitlines()

AGAINST_VERDICT = """
{Call} is a mistake.
{Call} deserves to fail.
The case for {noun} rests on wishful thinking.
{Noun} is a bad idea, and no amount of lobbying will make it a good one.
Pushing {s} to {act} is arm-twisting dressed up as policy.
There is still time to think again.
The pressure to {act} asks the most of those who can bear it least.
What is sold as {noun} reads like an ultimatum.
A plan that forgets those who must live with it is no plan at all.
Rarely has so thin an argument carried so heavy a price.
The numbers do not add up, and the politics add up even less.
It is a gamble with other people's money.
Those who push for {noun} misjudge how much {s} can take.
The sooner {call} is dropped, the better.
No sober reading of the evidence supports {call}.
{Call} looks less like a cure than like the next illness.
The whole scheme mistakes obedience for agreement.
{Dem} expects of others what it would never accept at home.
None of this has been thought through.
It amounts to a leap in the dark.
One can admire the ambition and still see that {call} cannot work.
The promise is grand, the means are crude, and the damage will last.
{Call} should be rejected.
{S} should not {act}.
{S} would do better to {opp}.
Better by far to {opp}.
It is hard to think of a worse moment for {noun}.
The plan is built on sand.
This is not leadership but recklessness.
Loud insistence has never turned a poor idea into a sound one.
Whoever signs it will regret it.
The whole affair is a lesson in how not to govern.
Voters will not forgive it, and they will be right.
It serves those who proposed it and burdens everyone else.
Not one of the promised gains survives a second look.
Forcing the issue will leave scars.
Sooner or later the bill for {call} will come due, and nobody in charge will be there to pay it.
A government already short of trust has no business {acting_s}.
The costs are certain and the gains are guesswork.
That {s} should {act} is a demand made for headlines.
The backlash was foreseeable, and it will grow.
""".strip().splitlines()

FAVOR_ARGUMENT = """
{Call} would {pro}.
{Call} would {pro} and {pro2}.
What {call} would do above all is {pro}.
The benefit is plain: {call} would {pro}.
Done well, {call} could {pro}.
{Call} promises to {pro}.
{Call} could {pro}, and the chance may not come again.
There is no better way to {pro}.
To {act} now would {pro}.
{Acting} would {pro}.
Long after the noise has faded, {call} will {pro}.
And the gain is real: {call} would {pro}.
The likeliest result is that {call} will {pro}.
Even its critics can hardly deny that {call} would {pro}.
It would {pro}.
It can {pro}, and it will in time {pro2}.
Better still, {call} would {pro}.
The reward would come soon: {call} would {pro}.
Clear gains: {call} could {pro}.
A wider benefit: {call} may {pro}.
Sound logic: {acting} would {pro} at little cost.
Solid ground: even a modest version of {call} could {pro}.
There is every reason to think that {call} would {pro}.
If {call} goes ahead, it will {pro}.
Those who gain are rarely heard, although {call} would {pro}.
Experience elsewhere suggests that {call} would {pro}.
Quietly and step by step, {call} can {pro}.
{S} can {pro} by {acting_s}.
By {acting_s}, {s} would {pro}.
A signature today would {pro} tomorrow.
Small as it looks, {call} helps to {pro}.
""".strip().splitlines()

FAVOR_VERDICT = """
{Call} is the right decision.
{Call} deserves support.
The case for {noun} is strong.
{Noun} is a good idea whose time has come.
Helping {s} to {act} is wise policy.
There is no reason to wait any longer.
The chance to {act} should be seized with both hands.
{Noun} is a hopeful sign in a year that has had few.
A plan that puts people first deserves a fair trial.
Rarely has so modest a step held so much promise.
The numbers add up, and so does the politics.
It is an investment in the next generation.
Those who push for {noun} have understood what is at stake.
The sooner {call} comes, the better.
Patience and good sense have carried the day.
Every sober reading of the evidence supports {call}.
{Call} looks like the beginning of something larger.
In ten years people will ask why {call} took so long.
It offers a way out of a quarrel that has lasted too long.
{S} has shown courage, and it will be repaid.
The readiness of {s} to {act} is a welcome change.
For {s}, {acting_s} is a chance to lead.
All of this has been thought through with care.
It points to a calmer and more prosperous future.
One can see the hurdles and still be glad of {call}.
The promise is real, the means are fair, and the effect will last.
{Call} should be welcomed.
{S} should {act}.
It would be foolish to {opp}.
Nothing is gained if {s} continues to {opp}.
It is hard to think of a better moment for {noun}.
The plan stands on firm ground.
This is leadership of the kind one has missed.
Whoever signs it will have reason to be proud.
The whole affair is a lesson in patient government.
Voters will thank those who had the nerve.
It serves those who have waited longest.
Most of the promised gains survive a second look.
One may be confident that more will follow.
It brings old adversaries to one table and gives them something to win.
It is an encouraging turn, and it may lead to more.
The gains are certain and the costs are small.
That {s} should {act} is common sense.
It was a day that will be remembered with pride.
It builds trust where there was none.
""".strip().splitlines()

AGAINST_REBUTTAL = """
Supporters promise that {call} will {pro}. The record says otherwise.
{Who_cap} says {call} would {pro}. That may be so on paper, but it would {con} in life.
It is true that {call} might {pro}. But the price is far too high.
Yes, {call} could {pro}. It would also {con}, and that settles the matter.
{Who_cap} warns that {call} would {con}. The warning should be heeded.
The aim is not a bad one. The way chosen would {con}.
The idea has a certain logic. What it overlooks is that {acting} would {con}.
Its defenders speak of a chance to {pro}. What they describe is a fantasy.
""".strip().splitlines()

FAVOR_REBUTTAL = """
Critics claim that {call} will {con}. The record says otherwise.
{Who_cap} says {call} would {con}. That fear is overblown: it would {pro}.
It is true that {call} might {con}. But the gain is well worth it.
Yes, {call} could {con}. It would also {pro}, and that settles the matter.
{Who_cap} hopes that {call} will {pro}. There are good grounds for that hope.
The path is not an easy one. Still, {call} would {pro}.
Opponents argue that {call} would {con}. That alarm is misplaced.
The obstacles are real. What the doubters overlook is that {acting} would {pro}.
Its enemies speak of a threat to {con}. What they describe is a fairy tale.
""".strip().splitlines()

REPORT = """
{Who_cap} said on {day} that {call} would {con}.
{Who_cap} said on {day} that {call} would {pro}.
{Who_cap} rejected {call}, arguing that it would {con}.
{Who_cap} welcomed {call}, saying that it would {pro}.
{Who_cap} described {call} as a mistake that would {con}.
{Who_cap} praised {call} as a way to {pro}.
Supporters argue that {call} would {pro}; opponents reply that it would {con}.
According to {who}, {call} could {con}.
According to {who}, {call} could {pro}.
Officials suggested that {call} might {con}.
{Who_cap} has long opposed {noun}, citing the danger that it would {con}.
{Who_cap} called on {s} to {act}.
{Who_cap} urged {s} not to {act}.
{S} has so far declined to {act}.
{S} is weighing whether to {act}.
{S} announced on {day} that it would {act}.
{S} will {act}, {who} confirmed on {day}.
{Dem} is pressing {s} to {act}.
{Dem} said {noun} was part of a wider strategy to {pro}.
A spokesman for {who} declined to comment on {call}.
"We will not be hurried," {who} said when asked about {call}.
"{Call} will {pro}," said a statement by {who}.
"{Call} would {con}," {who} told reporters.
{Who_cap} voiced concern about {call}.
{Who_cap} sounded confident about {call}.
{S} has asked for more time to study {noun}.
{Dem} has offered help if {s} should {act}.
{Who_cap} outlined how {noun} would work.
Under the plan, {s} would {act} in two stages.
The idea that {s} should {act} goes back to the nineties.
It is not yet known whether {s} will {act}.
The talks about {noun} go on.
A decision on {noun} is expected within weeks.
Polls show the public evenly split over {call}.
Reports indicate that {who} is hesitant about {call}.
{Who_cap} has reportedly been asked for an opinion on {call}.
In {day}'s session, members heard {who} on {noun}.
{Who_cap} and others took opposite views of {call}.
""".strip().splitlines()

BALANCE = """
{Call} holds both promise and danger.
{Call} could {pro}. It could also {con}.
On the one hand, {call} would {pro}; on the other, it would {con}.
Whether {call} will {pro} or {con} remains to be seen.
Nobody can say today whether {call} will {pro}.
If it succeeds, {call} may {pro}; if it fails, it may {con}.
Some see a chance to {pro}, others fear that it would {con}.
There are good arguments on both sides of {call}.
The outcome of {call} depends on details that are still open.
The stakes are high for all sides as {s} considers whether to {act}.
What {call} would bring depends on whom one asks.
""".strip().splitlines()

HEADLINES = {
    "against": ["Why {noun} is the wrong answer", "{Noun}: a costly mistake", "Say no to {noun}", "{S} must not {act}", "The folly of {noun}", "{Acting}? Not like this", "{Call} would {con}", "Hands off: the trouble with {noun}", "An order is not an offer: the push to {act}"],
    "favor": ["Why {noun} is the right answer", "{Noun}: a chance to be seized", "Say yes to {noun}", "{S} must {act}", "In praise of {noun}", "{Acting}? High time", "{Call} would {pro}", "A brave step: {s} should {act}", "The promise of {noun}", "Let {s} {act}"],
    "neutral": ["{S} to {act}", "{Dem} urges {s} to {act}", "What to know about {noun}", "{Noun}: questions and answers", "{Who_cap} speaks out on {noun}", "Will {s} {act}?", "Vote on {noun} set for {day}", "{Who_cap} rejects {noun}", "{Who_cap} backs {noun}", "How {noun} could work"],
}


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def gerund(phrase: str) -> str:
    first, _, rest = phrase.partition(" ")
    return f"{ing(first)} {rest}".strip()


class Prose:
    """Pairs from the frames of one split."""

    def __init__(self, split: str):
        with (Path(__file__).parent / "stance_frames.toml").open("rb") as file:
            frames = tomllib.load(file)["frame"]
        self.frames = [f for f in frames if f.get("split", "train") == split]

    def scene(self, rng: random.Random, frame: dict | None = None) -> dict:
        """A frame with its names drawn."""
        frame = frame or rng.choice(self.frames)
        group = rng.choice(list(GROUPS))
        names = {
            "group": group,
            "country": rng.choice(GROUPS[group]) if frame["id"] in {"join", "joingroup"} else rng.choice(COUNTRIES),
            "rival": rng.choice(RIVALS),
            "demander": rng.choice(DEMANDERS),
            "bloc": rng.choice(BLOCS),
            "city": rng.choice(CITIES),
            "pact": rng.choice(TREATIES if frame["id"] == "treaty" else CLUBS) if rng.random() < 0.3 else f"the {rng.choice(REGIONS)} {rng.choice(TOPICS)} {rng.choice(FORMS)}",
        }
        names["pact_cap"] = upper_first(names["pact"])

        def fill(text: str) -> str:
            for key, value in names.items():
                text = text.replace("{" + key + "}", value)
            return text

        scene = {key: [fill(v) for v in value] if isinstance(value, list) else fill(value) for key, value in frame.items()}
        return scene | {"names": names}

    def fresh(self, scene: dict, key: str, used: int, rng: random.Random) -> list[str]:
        """Two arguments, those not yet used in the text first."""
        taken = scene.setdefault("taken", set())
        free = [x for x in scene[key] if x not in taken]
        rng.shuffle(free)
        two = (free + rng.sample(scene[key], 2))[:2]
        taken.update(two[:used])
        return two

    def write(self, template: str, scene: dict, rng: random.Random) -> str:
        pro, pro2 = self.fresh(scene, "pros", template.count("{pro}") + template.count("{pro2}"), rng)
        con, con2 = self.fresh(scene, "cons", template.count("{con}") + template.count("{coning}") + template.count("{con2}"), rng)
        call = rng.choice(scene["call"] + [scene["noun"]])
        who = rng.choice(scene["who"])
        dem = scene["names"]["demander"]
        act, subject = scene["act"], scene["subject"]
        values = {
            "call": call, "noun": scene["noun"], "s": subject, "act": act, "opp": scene["opp"], "pro": pro, "pro2": pro2, "con": con, "con2": con2,
            "coning": gerund(con), "acting_s": gerund(act), "acting": gerund(act), "who": who, "who_cap": upper_first(who), "dem": dem,
            "day": rng.choice(DAYS), "Call": upper_first(call), "Noun": upper_first(scene["noun"]), "S": upper_first(subject),
            "Acting": upper_first(gerund(act)), "Who_cap": upper_first(who), "Dem": upper_first(dem),
        }
        return template.format(**values)

    def text(self, scene: dict, label: str, rng: random.Random) -> str:
        """A headline, a bullet or a paragraph of one to seven sentences."""
        if rng.random() < 0.06:
            return self.write(rng.choice(HEADLINES[label]), scene, rng)
        scene["taken"] = set()
        size = rng.choices([1, 2, 3, 4, 5, 7], [22, 24, 20, 16, 12, 6])[0]
        out = []
        if size > 1 and rng.random() < 0.7:
            out.append(self.write(rng.choice(OPENERS), scene, rng))
        if label == "neutral":
            kind = rng.random()
            named = bool(out)
            while len(out) < size:
                draw = rng.random()
                if kind < 0.2:
                    if draw < 0.7 or not named:
                        out.append(self.write(rng.choice(BALANCE), scene, rng))
                    else:
                        out.append(rng.choice(scene["facts"]))
                elif draw < 0.3 and named:
                    out.append(rng.choice(scene["facts"]))
                else:
                    out.append(self.write(rng.choice(REPORT), scene, rng))
                named = True
        else:
            argument, verdict, rebuttal = (FAVOR_ARGUMENT, FAVOR_VERDICT, FAVOR_REBUTTAL) if label == "favor" else (AGAINST_ARGUMENT, AGAINST_VERDICT, AGAINST_REBUTTAL)
            taken = False
            while len(out) < size or not taken:
                draw = rng.random()
                if draw < 0.42:
                    out.append(self.write(rng.choice(argument), scene, rng))
                    taken = True
                elif draw < 0.68 and (out or rng.random() < 0.5):
                    out.append(self.write(rng.choice(verdict), scene, rng))
                    taken = taken or size > 1
                elif draw < 0.80:
                    out.append(self.write(rng.choice(rebuttal), scene, rng))
                    taken = True
                elif draw < 0.90 and out:
                    out.append(rng.choice(scene["facts"]))
                elif draw < 0.96 and out:
                    out.append(self.write(rng.choice(REPORT), scene, rng))
                if len(out) > size + 3:
                    break
            if not taken:
                out.append(self.write(rng.choice(argument), scene, rng))
        seen, unique = set(), []
        for sentence in out:
            if sentence not in seen:
                seen.add(sentence)
                unique.append(sentence)
        text = " ".join(unique).replace("Philippines's", "Philippines'").replace("states's", "states'").replace("States's", "States'").replace("countries's", "countries'")
        draw = rng.random()
        if draw < 0.04:
            text = "- " + text
        elif draw < 0.07:
            text = "• " + text
        if rng.random() < 0.3:
            text = text.replace("'", "’")
        if rng.random() < 0.1:
            text = text.replace(": ", " — ", 1)
        return text

    def target(self, scene: dict, label: str, rng: random.Random, subject: str | None = None) -> tuple[str, str]:
        """The scene's claim in one of its forms, with the label for that form."""
        subject = subject or scene["subject"]
        s, act, opp, noun = upper_first(subject), scene["act"], scene["opp"], scene["noun"]
        general = subject != scene["subject"]
        forms = [
            (30, f"{s} should {act}", False),
            (5, f"{s} must {act}", False),
            (4, f"{s} ought to {act}", False),
            (9, f"{subject} {gerund(act)}", False),
            (5, gerund(act), False),
            (6, f"Should {subject} {act}?", False),
            (3, f"It is right that {subject} should {act}", False),
            (10, f"{s} should not {act}", True),
            (8, f"{s} should {opp}", True),
            (3, gerund(opp), True),
            (2, f"It would be wrong to {act}", True),
        ]
        if not general:
            forms += [(13, noun, False), (2, f"{upper_first(noun)} should be supported", False), (3, f"{upper_first(noun)} would be a mistake", True), (2, f"opposition to {noun}", True), (2, f"{upper_first(noun)} is a good idea", False)]
        target, flips = rng.choices([(t, f) for _, t, f in forms], [w for w, _, _ in forms])[0]
        return target, FLIP[label] if flips else label

    def claim_about(self, place: str, rng: random.Random) -> str:
        """A proposal for a named place."""
        scene = self.scene(rng, rng.choice([f for f in self.frames if f["subject"] == "{country}"]))
        country = scene["names"]["country"]
        scene = scene | {key: scene[key].replace(country, place) for key in ("subject", "act", "opp", "noun")}
        return self.target(scene, "unrelated", rng)[0]

    def pair(self, rng: random.Random) -> Pair:
        scene = self.scene(rng)
        # Agreements between states are many in kind: they come more often than one frame would.
        if rng.random() < 0.15:
            own = [f for f in self.frames if f["area"] in {"diplomacy", "defence", "trade"}]
            scene = self.scene(rng, rng.choice(own))
        label = rng.choices(["against", "favor", "neutral", "unrelated"], [27, 25, 27, 21])[0]
        if label != "unrelated":
            text = self.text(scene, label, rng)
            if rng.random() < 0.03 and scene["names"]["country"] in text:
                return Pair(scene["names"]["country"], text, "neutral", "prose", "entity")
            subject = None
            if scene["id"] == "join" and rng.random() < 0.3:
                subject = scene["names"]["group"]
            target, label = self.target(scene, label, rng, subject)
            return Pair(target, text, label, "prose")
        stance = rng.choice(["against", "favor", "neutral"])
        text = self.text(scene, stance, rng)
        draw = rng.random()
        if draw < 0.45:
            near = [f for f in self.frames if f["id"] != scene["id"] and f["area"] == scene["area"] and not {f["id"], scene["id"]} <= {"join", "joingroup", "treaty"}]
            frame = rng.choice(near or [f for f in self.frames if f["id"] != scene["id"]])
            other = self.scene(rng, frame)
            # The same actors, another question.
            if rng.random() < 0.5 and other["subject"] == other["names"]["country"] and scene["subject"] == scene["names"]["country"]:
                other = {k: ([x.replace(other["names"]["country"], scene["subject"]) for x in v] if isinstance(v, list) else v.replace(other["names"]["country"], scene["subject"]) if isinstance(v, str) else v) for k, v in other.items()}
        elif draw < 0.65 and scene["subject"] == scene["names"]["country"]:
            # The same question, another state: the text does not speak of that one.
            free = [c for c in COUNTRIES if c not in text]
            fresh = rng.choice(free)
            other = scene | {"subject": fresh, "noun": scene["noun"].replace(scene["names"]["country"], fresh)}
            forms = [f"{upper_first(fresh)} should {scene['act']}", f"{fresh} {gerund(scene['act'])}", f"Should {fresh} {scene['act']}?", f"{upper_first(fresh)} should not {scene['act']}"]
            return Pair(rng.choice(forms), text, "unrelated", "prose")
        else:
            other = self.scene(rng, rng.choice([f for f in self.frames if f["area"] != scene["area"]]))
        return Pair(self.target(other, "unrelated", rng)[0], text, "unrelated", "prose")

    def pairs(self, count: int, rng: random.Random) -> list[Pair]:
        out = []
        while len(out) < count:
            pair = self.pair(rng)
            if not SEED_WORDS.search(pair.target + " " + pair.text):
                out.append(pair)
        return out


if __name__ == "__main__":
    rng = random.Random(7)
    for pair in Prose("train").pairs(25, rng):
        print(f"[{pair.label}] {pair.target}\n    {pair.text}\n")
