"""Names, streets and towns out of which the population is made. All towns are invented."""


def _words(text: str) -> list[str]:
    return text.split()


GIVEN = {
    ("SE", "female"): _words("Astrid Elin Karin Linnéa Åsa Ebba Märta Gunilla Birgitta Saga Wilma Ylva"),
    ("SE", "male"): _words("Erik Lars Björn Göran Nils Oskar Håkan Sven Anders Måns Viktor Emil"),
    ("DK", "female"): _words("Freja Mette Kirsten Søsmine Ida Bodil Signe Lærke Hanne Inger Maren Ditte"),
    ("DK", "male"): _words("Søren Niels Jørgen Mads Kåre Rasmus Bjarne Aksel Tue Lauge Frederik Ejnar"),
    ("DE", "female"): _words("Ulrike Käthe Jördis Renate Helga Sabine Lieselotte Anke Frauke Heike Grete Mareike"),
    ("DE", "male"): _words("Jürgen Günther Sönke Detlef Holger Matthias Uwe Torsten Rüdiger Hauke Malte Bernd"),
    ("UA", "female"): ["Oksana", "Iryna", "Yuliia"],
    ("UA", "male"): ["Oleksandr", "Serhiy", "Andriy"],
}
FAMILY = {
    "SE": _words("Lindqvist Åkesson Bergström Sjögren Hallström Nyberg Öhman Ekdahl Söderlund Wikström Fälth Malmgård"),
    "DK": _words("Sørensen Kjærgaard Bjerregård Mølgaard Toft Skovgaard Østergaard Thygesen Riis Krogh Damgaard Vad"),
    "DE": _words("Müller-Thurau Schröder Köhler Weißenfels Brüning Petersen Jäger Hövel Lührs Oltmanns Reimers Wöhler"),
    "UA": ["Kovalenko", "Shevchuk", "Tkachenko"],
}
STREETS = {
    "SE": ["Björkvägen", "Storgatan", "Kyrkogatan", "Ängsstigen", "Hamnplan"],
    "DK": ["Møllevej", "Strandgade", "Kirkestræde", "Åbrinken", "Skolevej"],
    "DE": ["Lindenstraße", "Am Deich", "Mühlenweg", "Hafenallee", "Schulstraße"],
}
TOWNS = {
    "SE": [("90310", "Norrvik"), ("90455", "Lövsund"), ("91320", "Ådalby")],
    "DK": [("6995", "Søvang"), ("6997", "Vesterhede"), ("7005", "Strandby")],
    "DE": [("25999", "Elbhafen"), ("25987", "Grünmoor"), ("26001", "Süderwarf")],
}
# How an office without the letters on its keyboard writes them.
ASCII = str.maketrans({"å": "aa", "ä": "ae", "ö": "oe", "ø": "oe", "æ": "ae", "ü": "ue", "ß": "ss", "é": "e",
                       "Å": "Aa", "Ä": "Ae", "Ö": "Oe", "Ø": "Oe", "Æ": "Ae", "Ü": "Ue", "É": "E"})
# Another spelling of the same name when it is heard, or written down from another alphabet.
HEARD = {"Oleksandr": "Alexander", "Iryna": "Irina", "Yuliia": "Julia", "Serhiy": "Sergii", "Andriy": "Andrij",
         "Kovalenko": "Kowalenko", "Shevchuk": "Schewtschuk", "Tkachenko": "Tkatschenko", "Karin": "Carin",
         "Oskar": "Oscar", "Viktor": "Victor", "Erik": "Eric", "Sørensen": "Sörensen", "Matthias": "Mattias",
         "Lindqvist": "Lindkvist", "Wikström": "Vikström", "Frederik": "Fredrik", "Kirsten": "Kirstin"}
