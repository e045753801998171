"""Closed word lists that harmonise the sets with one guideline: titles, countries,
peoples, calendar words, and the heads of named events and named agreements."""

TITLES = set(
    """mr mr. mrs mrs. ms ms. miss dr dr. prof prof. professor president presidents president-elect premier minister ministers
    chancellor secretary secretary-general king queen prince princess pope emperor emir sultan general gen gen. major major-general
    maj maj. colonel col col. captain capt capt. lieutenant lt lt. sergeant sgt sgt. commander admiral adm adm. brigadier brig brig. marshal
    senator senators sen sen. congressman congresswoman representative rep rep. governor gov gov. mayor speaker ambassador envoy judge
    justice attorney spokesman spokeswoman archbishop bishop cardinal reverend rev rev. ayatollah mullah imam sir dame candidate
    prophet then-president ex-president vice-president leader director chairman chief coach inspector commissioner prosecutor""".split()
)
TITLE_MODIFIERS = set(
    """vice deputy former acting interim prime foreign defense defence interior finance state assistant under grand first supreme
    special us u.s. u.n. un eu nato prime-minister attorney spiritual army military police opposition presidential and of""".split()
)

COUNTRIES = """Afghanistan|Albania|Algeria|Andorra|Angola|Antigua|Argentina|Armenia|Australia|Austria|Azerbaijan|Bahamas|Bahrain|Bangladesh|Barbados|
Belarus|Belgium|Belize|Benin|Bhutan|Bolivia|Bosnia|Bosnia-Herzegovina|Botswana|Brazil|Britain|Brunei|Bulgaria|Burkina Faso|Burma|Burundi|Cambodia|Cameroon|Canada|
Cape Verde|Central African Republic|Chile|China|Colombia|Comoros|Congo|Costa Rica|Croatia|Cuba|Cyprus|Czech Republic|Denmark|Djibouti|Dominica|
Dominican Republic|East Timor|Ecuador|Egypt|El Salvador|England|Equatorial Guinea|Eritrea|Estonia|Ethiopia|Fiji|Finland|France|Gabon|Gambia|Germany|
Ghana|Greece|Greenland|Grenada|Guatemala|Guinea|Guinea-Bissau|Guyana|Haiti|Honduras|Hong Kong|Hungary|Iceland|India|Indonesia|Iran|Iraq|Ireland|Israel|Italy|Ivory Coast|
Jamaica|Japan|Kazakhstan|Kenya|Kiribati|Kosovo|Kuwait|Kyrgyzstan|Laos|Latvia|Lebanon|Lesotho|Liberia|Libya|Liechtenstein|Lithuania|Luxembourg|Macau|
Macedonia|Madagascar|Malawi|Malaysia|Maldives|Mali|Malta|Mauritania|Mauritius|Mexico|Micronesia|Moldova|Monaco|Mongolia|Montenegro|Morocco|Mozambique|
Myanmar|Namibia|Nauru|Nepal|Netherlands|New Zealand|Nicaragua|Niger|Nigeria|North Korea|Northern Ireland|Norway|Oman|Pakistan|Palau|Panama|Papua New Guinea|
Paraguay|Peru|Philippines|Poland|Portugal|Puerto Rico|Qatar|Romania|Russia|Rwanda|Samoa|San Marino|Saudi Arabia|Scotland|Senegal|Serbia|Seychelles|
Sierra Leone|Singapore|Slovakia|Slovenia|Solomon Islands|Somalia|South Africa|South Korea|South Sudan|Soviet Union|Spain|Sri Lanka|Sudan|Suriname|Swaziland|Sweden|
Switzerland|Syria|Taiwan|Tajikistan|Tanzania|Thailand|Tibet|Togo|Tonga|Trinidad and Tobago|Tunisia|Turkey|Turkmenistan|Uganda|Ukraine|United Arab Emirates|
UAE|U.A.E.|United Kingdom|UK|U.K.|United States|U.S.|US|USA|U.S.A.|U.S|United States of America|Uruguay|Uzbekistan|Vanuatu|Venezuela|Vietnam|Wales|Western Sahara|Yemen|Yugoslavia|
Zambia|Zimbabwe""".replace("\n", "").split("|")

PLACES = """Middle East|West Bank|Gaza|Gaza Strip|Golan Heights|Darfur|Kashmir|Chechnya|Europe|Asia|Africa|North Africa|South Asia|Southeast Asia|Central Asia|
East Asia|Latin America|South America|North America|Central America|America|Eastern Europe|Western Europe|Persian Gulf|Balkans|Caucasus|Horn of Africa|Caribbean|
Sinai|Crimea|Kurdistan|Palestine|Korea|The Hague|White House|Kremlin|Washington|Washington , D.C.|New York|New York City|Los Angeles|Tel Aviv|Abu Dhabi|
Khan Younis|Abu Ghraib|Hague|Pyongyang|Tehran|Kabul|Islamabad|Baghdad|Damascus|Beirut|Jerusalem|Riyadh|Cairo|Moscow|Beijing|Ankara|Kathmandu|New Delhi|Brussels|Vatican City|
Guantanamo Bay|Green Zone|Strait of Hormuz|Red Sea|Black Sea|Mediterranean|Atlantic|Pacific|Southern Lebanon|Sub-Saharan Africa|Arabian Peninsula|Korean Peninsula""".replace(
    "\n", ""
).split("|")

PEOPLES = """Muslim|Muslims|Moslem|Moslems|Islamic|Islamist|Islamists|Islam|Sunni|Sunnis|Shi'ite|Shi'ites|Shiite|Shiites|Shia|Shias|Christian|Christians|Christianity|
Catholic|Catholics|Protestant|Protestants|Orthodox|Jewish|Jew|Jews|Judaism|Hindu|Hindus|Buddhist|Buddhists|Sikh|Sikhs|Kurdish|Kurd|Kurds|Arab|Arabs|Arabic|Tamil|Tamils|Hutu|Hutus|Tutsi|
Tutsis|Pashtun|Pashtuns|Baloch|Baluch|Turkmen|Turkic|Persian|Hebrew|European|Europeans|Asian|Asians|African|Africans|African-American|African-Americans|Latino|Latinos|Hispanic|
Hispanics|Republican|Republicans|Democrat|Democrats|Democratic|Communist|Communists|Marxist|Maoist|Maoists|Socialist|Socialists|Conservative|Conservatives|Liberal|Liberals|
Baathist|Baathists|Nazi|Nazis|Zionist|Zionists|Soviet|Saudi|Saudis|Emirati|Emiratis|Omani|Qatari|Qataris|Bahraini|Bahrainis|Yemenis|Jordanian|Jordanians|Kazakh|Kazakhs|Uzbek|Tajik|Tajiks|Uighur|Uighurs|
Chechens|Gulf Arab|Middle Eastern|South Asian|Southeast Asian|Central Asian|East Asian|Latin American|South American|North American|West African|East African|
South African|South Africans|North Korean|South Korean|North Koreans|South Koreans|South Sudanese|New Zealander|Sri Lankan|Sri Lankans|Saudi Arabian|Puerto Rican|Costa Rican|Sierra Leonean|Ivorian|
Bosnian Serb|Bosnian Serbs|Greek Cypriot|Greek Cypriots|Turkish Cypriot|Turkish Cypriots|Roman Catholic|Roman Catholics|Sunni Arab|Sunni Arabs|Sunni Muslim|Sunni Muslims|Shi'ite Muslim|Shi'ite Muslims|Shiite Muslim|Shiite Muslims|Israeli Arab|Israeli Arabs|
Western|Westerner|Westerners|Scottish|Welsh|English|Nordic|Slavic|Anglican|Mormon|Evangelical|Methodist|Presbyterian|Lutheran|Alawite|Alawites|Druze|Philippine|Yazidi|Yazidis|Coptic|Bedouin|Roma|Gypsy""".replace(
    "\n", ""
).split("|")
# In these the plain adjective is the common one: only a longer or a data-made entry decides.
NOT_PEOPLES = {"May", "March", "Georgia", "Jordan", "Chad", "Washington", "Islam", "Conservative", "Liberal", "Orthodox", "Roma"}

ORGANISATIONS = """U.N.|UN|United Nations|NATO|European Union|EU|E.U.|African Union|AU|A.U.|Hamas|Fatah|Hezbollah|Taleban|Taliban|al-Qaida|Al-Qaida|al-Qaeda|Al-Qaeda|
U.N. Security Council|United Nations Security Council|Security Council|Congress|Senate|State Department|Pentagon|Arab League|Supreme Court|Foreign Ministry|Interior Ministry|
Defense Ministry|Xinhua|Reuters|Associated Press|VOA|CIA|FBI|IAEA|International Atomic Energy Agency|World Bank|IMF|OPEC|Islamic Jihad|Muslim Brotherhood|Red Cross|
Marines|Army|Navy|Air Force|Cabinet|Parliament|House of Representatives|Facebook|Twitter|Google|Microsoft""".replace("\n", "").split("|")
ORGANISATIONS = [o for o in ORGANISATIONS if o not in ("Army", "Cabinet", "Parliament", "Marines")]

# What the bronze set says often and wrongly: not taken over into the learnt lists.
NOT_LEARNT = set(
    """City|Democratic Republic|Islamic Republic|Ashura|Interpol|Nikkei|St.|Beijing Olympics|Earth|Mars|Lanka|Rican|Gibraltar|Lao|Madagonia|Abu Musab|British Foreign|
    Commission|India and Pakistan|Information|International Committee|Negroponte|Nobel Peace Prize|Nuclear Non-Proliferation Treaty|Open|Philippine|Protect Journalists|Putin|
    Revolutionary Armed Forces of|Social Security|Spin Boldak|State Colin Powell|State Robert Zoellick|Study Group|U.N. Secretary-General|U.S. Ambassador|U.S. Defense|
    United Nations Secretary-General|West Bank and Gaza Strip|Yanukovych""".replace("\n    ", "").split("|")
)

# Fragments that stand for nothing alone: whatever a bronze set calls them is not learnt.
FRAGMENTS = set(
    """State Party Council Army Committee Defense Justice Post Times Bank General House Republic North South East West Central Day Union United Ministry Delta Foreign
    Cabinet Parliament Marine Marines Brotherhood Secretary President Prime Sri Saudi Court Democratic National Social Web Internet Please""".split()
)

WEEKDAYS = set("monday tuesday wednesday thursday friday saturday sunday".split())
MONTHS = set(
    """january february march april may june july august september october november december
    jan jan. feb feb. mar. apr apr. jun. jul. aug aug. sept sept. sep. oct oct. nov nov. dec dec.""".split()
)
AMBIGUOUS_MONTHS = {"may", "march", "august", "jan", "dec", "apr", "jun", "mar"}
DAY_WORDS = set("today yesterday tomorrow".split())

EVENT_HEADS = set(
    """War Wars Summit Olympics Games Cup Championship Championships Open Revolution Uprising Intifada Massacre Genocide Holocaust Festival Marathon
    Earthquake Hurricane Tournament Playoffs Convention Conference Referendum Crusade Rebellion""".split()
)
EVENT_STARTS = {"Battle", "Siege", "Operation", "Hurricane", "Typhoon", "Cyclone", "Tropical"}
MISC_HEADS = set(
    """Accord Accords Treaty Treaties Protocol Pact Act Agreement Agreements Declaration Constitution Charter Prize Prizes Award Awards Amendment Bill Medal
    Doctrine Initiative Covenant""".split()
)
NAME_JOINTS = {"of", "the", "and", "for", "on", "de", "&", "-"}
