"""Sentences of our own making, for what the sets do not know: companies that are called like persons,
media and platforms of plain or joined words, clubs called like cities, datelines, scores, agencies."""

from __future__ import annotations

import random

from ner_data import Example, Mention, Token, begin, inside, spaced

NAMES = {
    "company": """Eli Lilly|Morgan Stanley|Goldman Sachs|Wells Fargo|Jefferies|Novo Nordisk|Johnson & Johnson|Procter & Gamble|Merrill Lynch|Philip Morris|
        Charles Schwab|Abbott|Pfizer|Moderna|AstraZeneca|BioNTech|Bayer|Siemens|Nestle|Unilever|Heineken|Barclays|HSBC|Deutsche Bank|Credit Suisse|UBS|Citigroup|
        JPMorgan Chase|BlackRock|Berkshire Hathaway|Boeing|Airbus|Lockheed Martin|Rolls-Royce|General Electric|General Motors|Ford|Tesla|Toyota|Honda|Nissan|
        Hyundai|Samsung|Sony|Nintendo|SoftBank|Huawei|Xiaomi|Alibaba|Tencent|ByteDance|Apple|Microsoft|Google|Alphabet|Amazon|Meta|Netflix|Nvidia|Intel|OpenAI|
        Oracle|CrowdStrike|Cloudflare|PayPal|Uber|Airbnb|DoorDash|FedEx|JetBlue|Ryanair|Lufthansa|Emirates|Home Depot|Best Buy|Whole Foods|Burger King|
        Taco Bell|Wendy 's|McDonald 's|Starbucks|Walmart|Costco|Target|Macy 's|Marks & Spencer|Ikea|Shell|BP|Chevron|ExxonMobil|TotalEnergies|Gazprom|Rosneft|
        Saudi Aramco|Petrobras|Tata|Infosys|Reliance Industries|Foxconn|Texas Instruments|American Express|Bank of America|First Republic|Silver Lake|Blackstone|
        Carlyle Group|Levi Strauss|Ralph Lauren|Calvin Klein|Harley-Davidson|John Deere|Hewlett Packard|Dow Chemical|Merck|Sanofi|Roche|Novartis|Caterpillar|3M|
        AT&T|Verizon|T-Mobile|Vodafone|Orange|Comcast|Walt Disney|Warner Bros.|Paramount|Random House|Electronic Arts|Blue Origin|SpaceX|Virgin Galactic""",
    "platform": """Truth Social|Facebook|Twitter|X|Instagram|TikTok|YouTube|Telegram|WhatsApp|WeChat|Weibo|Bluesky|Threads|LinkedIn|Reddit|Snapchat|Discord|Twitch|
        Substack|Signal|Spotify|Quora|Tumblr|Pinterest|Rumble|Parler|Gab|Open Democracy|Sky News|Plain Talk|Common Ground|Free Speech Network|Public Square|Voice Now""",
    "media": """Reuters|Associated Press|AP|AFP|Bloomberg|CNN|CNBC|BBC|BBC News|NBC News|ABC News|CBS News|Fox News|MSNBC|NPR|Al Jazeera|Al Arabiya|Sky News|Axios|Politico|
        BuzzFeed|HuffPost|Vox|Vice News|Daily Mail|Guardian|Times of Israel|Jerusalem Post|Haaretz|Dawn|Wall Street Journal|Washington Post|New York Times|
        Financial Times|Economist|Le Monde|Der Spiegel|El Pais|Xinhua|TASS|Interfax|Kyodo News|Nikkei Asia|Hindu|Daily Star|National Review|New Republic|Atlantic|
        New Yorker|Foreign Policy|Foreign Affairs|Middle East Eye|Radio Free Europe|Voice of America|USA Today|Time|Newsweek|People|Wired|Rolling Stone|Press Trust""",
    "club": """Real Madrid|Barcelona|Atletico Madrid|Espanyol|Sevilla|Valencia|Manchester United|Manchester City|Liverpool|Everton|Arsenal|Chelsea|Tottenham|
        West Ham|Aston Villa|Newcastle|Leeds|Juventus|Inter Milan|AC Milan|Napoli|Roma|Lazio|Fiorentina|Bayern Munich|Borussia Dortmund|Schalke|Hamburg|Werder Bremen|
        Ajax|PSV Eindhoven|Feyenoord|Anderlecht|Porto|Benfica|Celtic|Rangers|Aberdeen|Paris St Germain|Marseille|Monaco|Lyon|Galatasaray|Fenerbahce|Dynamo Kiev|
        Spartak Moscow|Boca Juniors|River Plate|Flamengo|Chicago Bulls|Los Angeles Lakers|Boston Celtics|New York Knicks|New York Yankees|Boston Red Sox|
        Chicago Cubs|Dallas Cowboys|Green Bay Packers|Pittsburgh Penguins|Detroit Red Wings|Toronto Maple Leafs|Montreal Canadiens|Miami Heat|Houston Rockets|
        Seattle|Chicago|Boston|Detroit|Toronto|Denver|Cleveland|Baltimore|Oakland|Atlanta|Surrey|Essex|Yorkshire|Lancashire|Warwickshire""",
    "agency": """Centers for Disease Control and Prevention|Food and Drug Administration|Federal Communications Commission|Department of Energy|State Department|Treasury|
        European Commission|European Central Bank|International Criminal Court|World Health Organization|World Food Programme|Human Rights Watch|Amnesty International|
        Oxfam|Save the Children|Doctors Without Borders|Red Crescent|Greenpeace|Brookings Institution|Chatham House|Atlantic Council|Crisis Group|RAND Corporation|
        Hudson Institute|Cato Institute|Heritage Foundation|Council on Foreign Relations|Cornell University|Oxford University|Stanford|Harvard|Quinnipiac University|
        Revolutionary Guards|Israel Defense Forces|Wagner Group|Central Bank|Knesset|Bundestag|Duma|House of Commons|Labour|Conservative Party|Green Party|Likud|
        Ministry of Defence|Coast Guard|Border Patrol|Secret Service|Justice Department|National Security Council|Arab League|Gulf Cooperation Council|OPEC|ASEAN""",
}  # fmt: skip

FRAMES = """In a post on {platform} , {per} said the talks in {loc} would go on .
{per} wrote on {platform} that {loc} was ready .
{per} posted a video on {platform} and {platform} on {date} .
Posts on {platform} and {platform} mocked the news .
The video was seen four million times on {platform} , the company said .
" We are looking at it , " {per} told {media} in an interview .
{per} told {media} that {company} would close its plant in {loc} .
according to {media} , which first reported the story .
{loc!} ( {media} ) - {per} said on {date} that {norp} troops had left {loc} .
{loc!} - Police in {loc} said on {date} they had arrested two men .
{loc!} — Shares in {company} fell 11 % on {date} after {company} cut its forecast .
{loc!} ( {media} ) — The {agency} said it would send a team to {loc} .
{loc!} , {date}
{per} , {media}
By {per} , {media}
Shares in {company} rose 3 percent after {company} said it would buy {company} .
{company} cut its price target for {company} ; {company} did not .
{company} CEO {per} said sales in {loc} were weak .
{company} 's chief executive , {per} , declined to comment .
{per} , an analyst at {company} , said {company} and {company} would gain .
{company} said on {date} it had agreed to sell its {norp} business to {company} for $ 2 billion .
{company} , {company} and {company} will open stores in {loc} .
A spokesman for {company} said the firm had talked to the {agency} .
He left {company} in {date} to join {company} in {loc} .
The {norp} company {company} competes with {company} .
I bought it at {company} last week , and {company} was cheaper .
{per} , who directs a programme at {agency} , said so .
The {agency} accused {norp} soldiers of killing villagers near {loc} .
{per} of the {agency} said {loc} had no plan .
{agency} said in a report that {company} had broken {norp} law .
The {agency} and the {agency} did not comment .
Lawmakers in the {agency} voted against it , {media} reported .
{club} 2 {club} 1
{club} 0 {club} 0
{club} 3 ( {per} 12 , {per} 45 , 80 pen ) {club} 1 ( {per} 60 )
{club} beat {club} 2 - 1 on {date} .
{club} drew 1 - 1 with {club} in {loc} .
{per} scored twice as {club} beat {club} 4 - 2 .
{club} coach {per} said {per} would miss the match against {club} .
{per} ( {club} )
{club} have signed {norp} striker {per} from {club} .
{club} , who meet {club} on {date} , lead by five points from {club} .
In {loc} , {club} won at {club} with a goal by {per} .
{per} had put {per} 's side ahead after a pass from {per} .
1. {per} ( {loc} ) 2 minutes 3.10 seconds
2. {per} ( {loc} ) 12.40
{per} ( {loc} ) beat {per} ( {loc} ) 6 - 3 6 - 4
{per} of {loc} beat {norp} {per} in the final in {loc} .
At {loc} : {club} 98 {club} 91
{club!} BEAT {club!} IN {loc!} .
{loc!} HOLDS TALKS WITH {loc!} .
{company!} SHARES FALL AFTER {per!} LEAVES .
SOCCER - {club!} HOLD {club!} .
TENNIS - {per!} WINS IN {loc!} .
{loc} Seeks Role in Talks Between {loc} and {loc}
{company} Shares Plunge After {company} Wins {norp} Deal
What We Know About the {company} Outage — And What We Do n't
Why {per} Left {company} for {company}
{per} Meets {per} in {loc}
{loc} : {norp} officials said talks with {loc} would begin .
{per} : " I will not go back to {loc} . "
U.S. President {per} met {norp} Prime Minister {per} in {loc} .
U.S. Senator {per} and US officials went to {loc} .
US special envoy {per} said {loc} would join .
President {per} 's administration asked the {agency} for help .
{per} , {per} and {per} of {agency} were in {loc} .
{per} , the mayor of {loc} , wrote to {company} .""".split("\n")  # fmt: skip

DATES = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|March 2023|June 4|July 2024|October 7 , 2023|1996-08-22|2019|2021".split("|")
LISTS = {kind: [" ".join(name.split()) for name in names.replace("\n", " ").split("|")] for kind, names in NAMES.items()}
LABEL = {"per": "PER", "loc": "LOC", "norp": "NORP", "date": "DATE"}


def names() -> list[tuple[str, ...]]:
    """The organisations of the lists, as words."""
    return [tuple(name.split(" ")) for kind in LISTS.values() for name in kind]


def sentences(count: int, rng: random.Random, pool) -> list[Example]:
    """`count` sentences with names of the lists, of the sets' persons and places; a mark `!` is capitals."""

    def fill(kind: str) -> list[str]:
        if kind == "per":
            name = list(rng.choice(pool.persons))
            return name[-1:] if rng.random() < 0.15 else name
        if kind == "loc":
            return rng.choice(pool.countries if rng.random() < 0.4 else pool.places).split(" ")
        if kind == "norp":
            return rng.choice(pool.peoples[False]).split(" ")
        if kind == "date":
            return rng.choice(DATES).split(" ")
        return rng.choice(LISTS[kind]).split(" ")

    out = []
    for _ in range(count):
        words, mentions = [], []
        for part in rng.choice(FRAMES).split(" "):
            if not part.startswith("{"):
                words.append(part)
                continue
            kind = part.strip("{}")
            name = fill(kind.rstrip("!"))
            if kind.endswith("!"):
                name = [w.upper() for w in name]
            mentions.append(Mention(len(words), len(words) + len(name), (LABEL.get(kind.rstrip("!"), "ORG"),)))
            words += name
        tokens: list[Token] = spaced(words)
        for m in mentions:
            for k in range(m.start, m.end):
                tokens[k].mask = begin(*m.types) if k == m.start else inside(*m.types)
        for t in tokens:
            if t.text in ("U.S.", "US"):
                t.mask = begin("LOC")
        out.append(Example(tokens, "frames"))
    return out
