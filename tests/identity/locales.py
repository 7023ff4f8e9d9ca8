"""One person as two organisations of today write him, locale by locale: names, numbers, phones and streets (R).

A locale says for each name how it is written: natively, in the letters of passports and of other countries, without its
marks, joined, shortened or in part. As in abroad.py each class is a function (rng, locale) → two FHIR Patients.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.identity.schemes import SCHEMES
from tests.identity.further import Pair, Patient, born, mrn

Forms = tuple[str, ...]
Make = Callable[[random.Random, "Locale"], Pair]
BY_NAME = {s.name: s for s in SCHEMES}
DIGITS = "0123456789"
LETTERS = "BCDFGLMNPRSTV"


@dataclass(frozen=True)
class Locale:
    """scheme: of the national number; trunk: what is dialled before a number at home; of a name, street or town each row
    has the ways in which it is written."""

    code: str
    scheme: str
    calling: str
    trunk: str
    women: tuple[Forms, ...]
    men: tuple[Forms, ...]
    families: tuple[Forms, ...]
    streets: tuple[Forms, ...]
    towns: tuple[tuple[str, Forms], ...]


def locale(code: str, scheme: str, calling: str, trunk: str, women: str, men: str, families: str, streets: str, towns: str) -> Locale:
    def forms(text: str) -> tuple[Forms, ...]:
        return tuple(tuple(f.replace("_", " ") for f in row.split("=")) for row in text.split())
    return Locale(code, scheme, calling, trunk, forms(women), forms(men), forms(families),
                  tuple(tuple(row.split("=")) for row in streets.split("; ")),
                  tuple((row.split(" ", 1)[0], tuple(row.split(" ", 1)[1].split("="))) for row in towns.split("; ")))


LOCALES = (
    locale("SE", "se-personnummer", "+46", "0",
           "Åsa=ASA=Aasa Märta=Marta=Maerta Anna-Karin=Anna_Karin=Annakarin=Anna Linnéa=Linnea Gunilla=GUNILLA Maj-Britt=Majbritt=Maj_Britt",
           "Göran=Goran=Goeran Håkan=Hakan=Haakan Björn=Bjorn=Bjoern Per-Olof=Per_Olof=Perolof=P-O Karl-Erik=Karl_Erik=Karl André=Andre",
           "Åström=Astrom=Aastroem=AASTROEM Sjöberg=Sjoberg=Sjoeberg Öberg=Oberg=Oeberg Hägglund=Hagglund=Haegglund af_Klint=Af_Klint=Klint Lindqvist=Lindkvist "
           "von_Essen=Essen,_von=VonEssen",
           "Storgatan=Storg.=Storgat.; Kyrkvägen=Kyrkv=Kyrkvagen; Ängsgatan=Angsg.",
           "11422 Stockholm=STOCKHOLM; 22221 Lund; 41103 Göteborg=Goteborg=Gothenburg"),
    locale("DK", "dk-cpr", "+45", "",
           "Sørine=Soerine=Sorine Åse=Aase=Ase Bodil Kirsten Anne_Marie=Anne-Marie=Annemarie Mette_Østergård=Mette",
           "Søren=Soeren=Soren=SØREN Jørgen=Joergen=Jorgen Åge=Aage=Age Niels_Bjørn=Niels Henning",
           "Sørensen=Soerensen=Sorensen Kjær=Kjaer=Kjar Nørgaard=Noergaard=Nørgård=Norgaard Møller=Moeller=Moller Østergaard=Oestergaard=Østergård Bang_Hansen=Bang-Hansen=Hansen",
           "Nørregade=Noerregade=Nørreg.; Vestergade=Vesterg.; Søndre Allé=Soendre Alle",
           "2100 København Ø=Koebenhavn Oe=Copenhagen; 8000 Aarhus C=Århus C; 5000 Odense"),
    locale("NO", "no-fodselsnummer", "+47", "",
           "Ragnhild Bjørg=Bjoerg=Bjorg Solveig=Solveig Åshild=Aashild=Ashild Anne_Grethe=Anne-Grethe=Anne",
           "Øystein=Oeystein=Oystein Bjørn=Bjoern=Bjorn Jon_Erik=Jon-Erik=Jon Pål=Paal=Pal Håvard=Haavard=Havard",
           "Bjørnstad=Bjoernstad=Bjornstad Ødegård=Oedegaard=Odegard Næss=Naess=Nass Brå=Braa Lie_Hansen=Lie-Hansen Nygård=Nygaard",
           "Kirkeveien=Kirkevn.=Kirkevegen; Storgata=Storgt.; Løkkegata=Loekkegata",
           "0368 Oslo; 5003 Bergen; 7011 Trondheim"),
    locale("FI", "fi-hetu", "+358", "0",
           "Äijö=Aijo=Aeijoe Päivi=Paivi=Paeivi Marja-Leena=Marja_Leena=Marja=Marjaleena Sinikka",
           "Jyrki Väinö=Vaino=Vaeinoe Jukka-Pekka=Jukka_Pekka=Jukka Pentti Yrjö=Yrjo=Yrjoe",
           "Mäkinen=Makinen=Maekinen Hämäläinen=Hamalainen=Haemaelaeinen Yli-Korpela=Yli_Korpela=Ylikorpela Öhman=Ohman=Oehman Järvinen=Jarvinen=Jaervinen",
           "Mannerheimintie=Mannerheimint.; Hämeenkatu=Hameenkatu=Hämeenk.",
           "00100 Helsinki=Helsingfors; 33100 Tampere=Tammerfors; 20100 Turku=Åbo"),
    locale("IS", "is-kennitala", "+354", "",
           "Guðrún=Gudrun Þórunn=Thorunn Ásdís=Asdis Hrafnhildur=Hrafnhildur Sigríður=Sigridur",
           "Þórður=Thordur=Thordhur Guðmundur=Gudmundur Örn=Orn=Oern Ægir=Aegir Hörður=Hordur",
           "Þórðarson=Thordarson Guðmundsdóttir=Gudmundsdottir Björnsson=Bjornsson=Bjoernsson Hafþórsson=Hafthorsson",
           "Hverfisgata; Þórsgata=Thorsgata; Laugavegur=Laugav.",
           "101 Reykjavík=Reykjavik; 600 Akureyri"),
    locale("EE", "ee-isikukood", "+372", "",
           "Õie=Oie Ülle=Ulle=Uelle Mäerit=Maerit Signe Küllike=Kullike=Kuellike",
           "Jüri=Juri=Jueri Tõnu=Tonu Märt=Mart=Maert Ülo=Ulo=Uelo Andrus",
           "Põld=Pold Saarmägi=Saarmagi=Saarmaegi Kõiv=Koiv Šmidt=Smidt=Shmidt Ivanova=Ivanova",
           "Pärnu mnt=Parnu maantee; Tartu mnt",
           "10119 Tallinn; 51003 Tartu"),
    locale("LV", "lv-personas-kods", "+371", "",
           "Ieva Žanna=Zanna=Zhanna Kristīne=Kristine Ļubova=Lubova=Lyubov Aļona=Alona Elīna=Elina",
           "Jānis=Janis Ģirts=Girts Kārlis=Karlis Andris Miķelis=Mikelis",
           "Bērziņš=Berzins Kalniņa=Kalnina Ķeniņš=Kenins Šmits=Smits Žukovska=Zukovska",
           "Brīvības iela=Brivibas iela; Čaka iela=Caka iela",
           "LV-1010 Rīga=Riga; LV-3401 Liepāja=Liepaja"),
    locale("LT", "lt-asmens-kodas", "+370", "0",
           "Živilė=Zivile Rūta=Ruta Jūratė=Jurate Eglė=Egle Aušra=Ausra",
           "Žygimantas=Zygimantas Šarūnas=Sarunas Jonas Ąžuolas=Azuolas Tomas",
           "Kazlauskienė=Kazlauskiene Žukauskas=Zukauskas Šimkutė=Simkute Čepaitė=Cepaite Jankauskas",
           "Gedimino pr.=Gedimino prospektas; Žirmūnų g.=Zirmunu gatve",
           "01103 Vilnius; 44248 Kaunas"),
    locale("DE", "de-kvnr", "+49", "0",
           "Käthe=Kaethe=Kathe Ute Anna-Lena=Anna_Lena=Annalena=Anna Sölvi=Soelvi=Solvi Bärbel=Baerbel=Barbel Karin_Maria=Karin",
           "Jürgen=Juergen=Jurgen Günther=Guenther=Gunther Jörg=Joerg=Jorg Karl-Heinz=Karl_Heinz=Karlheinz=Karl Hans-Jürgen=Hans_Juergen=Hans-Juergen Götz=Goetz",
           "Müller-Lüdenscheidt=Mueller-Luedenscheidt=Müller Groß=Gross=GROSS Schäfer=Schaefer=Schafer Weiß=Weiss von_der_Heide=v.d._Heide=Heide=vonderHeide "
           "Freiherr_von_Stein=von_Stein=Stein Schröder=Schroeder=Schroder",
           "Hauptstraße=Hauptstr.=Hauptstrasse=HAUPTSTR; Königsallee=Koenigsallee=Königsall.; Platz der Republik=Pl. d. Republik",
           "10115 Berlin; 80331 München=Muenchen=Munich; 50667 Köln=Koeln=Cologne"),
    locale("AT", "at-svnr", "+43", "0",
           "Mag._Eva=Eva Dr._Sophie=Sophie Roswitha",
           "Dipl.-Ing._Franz=Franz Jörg=Joerg Mag._Lukas=Lukas Matthäus=Matthaeus Leopold",
           "Öllinger=Oellinger Größl=Groessl=Grössl Hofstätter=Hofstaetter Huber-Mayr=Huber_Mayr=Huber Pühringer=Puehringer",
           "Mariahilfer Straße=Mariahilfer Str.=Mariahilferstrasse; Linzer Gasse=Linzer G.",
           "1060 Wien=Vienna; 5020 Salzburg; 8010 Graz"),
    locale("CH", "ch-ahv", "+41", "0",
           "Zoë=Zoe Anaïs=Anais Rös=Roes Célestine=Celestine Bettina",
           "Jürg=Juerg=Jurg Gérôme=Gerome Köbi=Koebi Reto Gian-Luca=Gianluca=Gian_Luca",
           "Müller-Meier=Müller=Mueller_Meier Züllig=Zuellig Äschbacher=Aeschbacher Favre-Bulle=Favre_Bulle=Favre Lüthi=Luethi",
           "Bahnhofstrasse=Bahnhofstr.; Rue du Rhône=Rue du Rhone=R. du Rhône; Via Nassa",
           "8001 Zürich=Zuerich=Zurich; 1204 Genève=Geneve=Genf; 6900 Lugano"),
    locale("NL", "nl-bsn", "+31", "0",
           "Marijke=Marijke=Maryke Geertruida=Truus Cornelia=Corrie Wilhelmina=Willy Johanna=Joke",
           "Cornelis=Kees Johannes=Jan=Hans Gerardus=Gerard Willem=Wim Hendrikus=Henk",
           "van_der_Berg=vd_Berg=Berg,_van_der=Berg de_Jong-Bakker=de_Jong=Jong-Bakker 't_Hart=t_Hart=Hart IJzerman=Yzerman=Ijzerman ten_Brink-Mulder=ten_Brink=Brink "
           "van_'t_Hof=van't_Hof=Hof",
           "Dorpsstraat=Dorpsstr.=Dorpstraat; Burgemeester de Vrieslaan=Burg. de Vrieslaan; 't Laantje=Laantje",
           "1012 AB Amsterdam; 3511CE Utrecht; 2511 BT 's-Gravenhage=Den Haag=The Hague"),
    locale("BE", "be-niss", "+32", "0",
           "Anne-Françoise=Anne-Francoise=Anne_Francoise=Anne Maïté=Maite Marie-Thérèse=Marie_Therese=M-Thérèse Godelieve=Lieve Griet=Margriet",
           "Jean-François=Jean-Francois=J.-F.=Jean_Francois Benoît=Benoit Jozef=Jef François-Xavier=Francois_Xavier Luc",
           "Vandenberghe=Van_den_Berghe=Van_Den_Berghe=van_den_Berghe De_Smet=Desmet=de_Smet D'Hondt=Dhondt=D_Hondt Lefèvre=Lefevre Vanderlinden=Van_der_Linden",
           "Rue de la Loi=R. de la Loi=Wetstraat; Kerkstraat=Kerkstr.; Chaussée de Namur=Chee de Namur=Ch. de Namur",
           "1000 Bruxelles=Brussel=Brussels; 9000 Gent=Gand=Ghent; 4000 Liège=Liege=Luik"),
    locale("FR", "fr-nir", "+33", "0",
           "Hélène=Helene=HELENE Marie-Claude=Marie_Claude=M.-Claude=Marie Zoé=Zoe Anne-Sophie=Annesophie=Anne_Sophie Françoise=Francoise=FRANCOISE",
           "Jean-Pierre=Jean_Pierre=J-P=Jeanpierre=Jean François=Francois=FRANCOIS Jérôme=Jerome Loïc=Loic Raphaël=Raphael Noël=Noel",
           "Lefèvre=Lefevre=LEFEVRE Dupont-Moretti=Dupont_Moretti=Dupont de_La_Tour=De_la_Tour=Delatour=Tour D'Ornano=Dornano=D_ORNANO "
           "Saint-Martin=St_Martin=ST-MARTIN=Saint_Martin Bœuf=Boeuf Le_Goff=LEGOFF=Le_Goff",
           "12 bis rue de l'Église=12bis r. de l'Eglise; Avenue du Général de Gaulle=Av. du Gal de Gaulle=AV GENERAL DE GAULLE; "
           "Boulevard Saint-Michel=Bd St Michel=BLD SAINT MICHEL",
           "75005 Paris=PARIS 05; 69003 Lyon; 42000 Saint-Étienne=ST ETIENNE=Saint Etienne"),
    locale("ES", "es-dni", "+34", "",
           "María_del_Carmen=Mª_Carmen=M._Carmen=Maria_Carmen=Carmen María_José=Mª_José=Maria_Jose=M.ª_José Concepción=Concepcion=Concha=Conchi Dolores=Lola Begoña=Begona "
           "Nuria=Núria",
           "José_Antonio=Jose_Antonio=J._Antonio=José José_María=Jose_Mª=José_Mª Francisco_Javier=Fco._Javier=Francisco_J.=F.Javier Íñigo=Inigo=Iñigo Ángel=Angel "
           "Francisco=Paco=Fco",
           "García_López=Garcia_Lopez=García=GARCIA_LOPEZ=García-López Núñez_de_la_Peña=Nunez_de_la_Pena=Núñez Ibáñez_Muñoz=Ibanez_Munoz "
           "Fernández_y_Ruiz=Fernández_Ruiz=Fernandez Peña_Gómez=Pena_Gomez=PENA_GOMEZ",
           "Calle Mayor=C/ Mayor=C. Mayor=CL MAYOR; Avenida de la Constitución=Avda. Constitución=Av. de la Constitucion; Plaza de España=Pza. España=Pl. de España",
           "28013 Madrid; 41001 Sevilla=Seville; 15001 A Coruña=La Coruña"),
    locale("CT", "es-dni", "+34", "",
           "Núria=Nuria Montserrat=Montse Mercè=Mercedes=Merce Júlia=Julia Eulàlia=Eulalia Assumpció=Asunción",
           "Jordi=Jorge Josep=José=Jose Joan=Juan Xavier=Javier Àlex=Alex Lluís=Luis",
           "Puig_i_Cadafalch=Puig_Cadafalch=Puig Ferrer_i_Soler=Ferrer_Soler Balcells=BALCELLS Solé=Sole Gasset_i_Mas=Gasset_Mas",
           "Carrer de Balmes=C/ Balmes=Calle Balmes; Passeig de Gràcia=Pg. de Gràcia=Paseo de Gracia",
           "08007 Barcelona; 17001 Girona=Gerona; 25001 Lleida=Lérida"),
    locale("IT", "it-codice-fiscale", "+39", "",
           "Maria_Grazia=Mariagrazia=Maria-Grazia=M.Grazia Nicolò=Nicolo' Giosuè=Giosue' Anna_Maria=Annamaria=Anna Niccolò=Niccolo=NICCOLO'",
           "Pier_Luigi=Pierluigi=Pier-Luigi Gian_Marco=Gianmarco=Giammarco Giosuè=Giosue=GIOSUE' Nicolò=Nicolo=NICOLO' Giuseppe=Beppe",
           "D'Angelo=Dangelo=D_Angelo=D`Angelo De_Luca=DELUCA=De_Luca Dal_Pozzo=Dalpozzo Cantù=Cantu'=CANTU Rossi_Bianchi=Rossi Niccolò=Niccolo",
           "Via Garibaldi=V. Garibaldi=VIA G. GARIBALDI; Corso Italia=C.so Italia; Piazza San Marco=P.zza S. Marco=P.za San Marco",
           "00184 Roma=Rome; 20121 Milano=Milan; 50122 Firenze=Florence"),
    locale("PT", "pt-nif", "+351", "",
           "Maria_da_Conceição=Maria_Conceicao=Mª_Conceição=Maria_C. Inês=Ines Graça=Graca Maria_João=Maria_Joao Leonor",
           "João=Joao José_Carlos=Jose_Carlos=José_C. António=Antonio Luís_Filipe=Luis_Filipe=Luís Gonçalo=Goncalo",
           "da_Silva_Pereira=Silva_Pereira=Pereira=S._Pereira dos_Santos_Simões=Santos_Simoes=Simões Gonçalves_da_Conceição=Goncalves_Conceicao "
           "e_Sousa_Magalhães=Sousa_Magalhaes=Magalhães",
           "Rua Augusta=R. Augusta; Avenida da Liberdade=Av. Liberdade=Avª da Liberdade; Praça do Comércio=Pç. do Comercio",
           "1100-053 Lisboa=Lisbon; 4050 Porto=Oporto; 3000-033 Coimbra"),
    locale("BR", "br-cpf", "+55", "0",
           "Maria_Aparecida=Mª_Aparecida=Maria_Ap. Conceição=Conceicao Luíza=Luiza Thaís=Thais=Taís Antônia=Antonia",
           "João_Batista=Joao_Batista=João_B. Antônio=Antonio José=Jose=JOSE Sebastião=Sebastiao Luiz=Luís",
           "Souza_Filho=Souza=de_Souza_Filho da_Silva_Santos=Silva_Santos=Santos de_Oliveira=Oliveira=D'Oliveira Araújo_Júnior=Araujo_Jr=Araujo_Junior "
           "Gonçalves_Neto=Goncalves_Neto",
           "Rua das Flores=R. das Flores=R DAS FLORES; Avenida Paulista=Av. Paulista; Travessa São João=Tv. S. João",
           "01310-100 São Paulo=Sao Paulo; 20040-020 Rio de Janeiro; 40020-000 Salvador"),
    locale("MX", "mx-curp", "+52", "",
           "María_Guadalupe=Ma._Guadalupe=Guadalupe=Ma_Guadalupe Concepción=Concepcion Ma._de_los_Ángeles=María_de_los_Ángeles=Maria_Angeles Rocío=Rocio Verónica=Veronica",
           "José_Luis=Jose_Luis=J._Luis Jesús=Jesus Ma._José=María_José Ángel=Angel José_de_Jesús=Jose_de_Jesus=J._Jesús",
           "Hernández_Núñez=Hernandez_Nunez=Hernández=HERNANDEZ_NU?EZ Peña_Ibarra=Pena_Ibarra de_la_Cruz_Ramírez=De_La_Cruz=Cruz_Ramirez Muñoz_Ordaz=MUÑOZ=MUNOZ_ORDAZ",
           "Avenida Insurgentes Sur=Av. Insurgentes Sur=Insurgentes Sur; Calle Morelos=C. Morelos",
           "06700 Ciudad de México=CDMX=Mexico DF; 44100 Guadalajara; 64000 Monterrey"),
    locale("AR", "ar-dni", "+54", "0",
           "María_Belén=Maria_Belen=Ma._Belén Sofía=Sofia Lucía=Lucia Agustín=Agustin",
           "Martín=Martin Joaquín=Joaquin José_María=Jose_Maria Nicolás=Nicolas Germán=German",
           "Fernández=Fernandez Gutiérrez=Gutierrez Núñez_Paz=Nunez_Paz=Núñez Di_Pietro=Dipietro",
           "Avenida Corrientes=Av. Corrientes=Avda Corrientes; Bartolomé Mitre=Bme. Mitre",
           "C1043 Buenos Aires=CABA=Capital Federal; 5000 Córdoba=Cordoba"),
    locale("CL", "cl-run", "+56", "",
           "Ángela=Angela María_José=Maria_Jose Pía=Pia",
           "Andrés=Andres Sebastián=Sebastian Tomás=Tomas",
           "Muñoz_Peña=Munoz_Pena=Muñoz Ñanculeo_Ríos=Nanculeo_Rios O'Higgins_Vial=Ohiggins_Vial Pérez_Cotapos=Perez_Cotapos",
           "Avenida Libertador=Av. Libertador; Pasaje Los Robles=Psje. Los Robles",
           "8320000 Santiago; 2340000 Valparaíso=Valparaiso"),
    locale("GB", "uk-nhs-number", "+44", "0",
           "Siân=Sian Elizabeth=Liz=Beth Catherine=Kate Margaret=Peggy=Maggie Zoë=Zoe",
           "William=Bill=Will Robert=Bob=Rob Anthony=Tony Seán=Sean=Shaun James=Jim",
           "O'Neill=ONeill=O_Neill=O’Neill Smith-Jones=Smith_Jones=Jones MacDonald=McDonald=Mc_Donald=Macdonald Fitz-Gerald=Fitzgerald St_John=St._John=StJohn",
           "High Street=High St; Flat 2, 14 Church Road=14 Church Rd Flat 2=Flat 2 14 Church Rd.; Saint Mary's Avenue=St Marys Ave=St. Mary's Av",
           "SW1A 1AA London=LONDON; M1 1AE Manchester; EH1 1YZ Edinburgh"),
    locale("IE", "ie-pps", "+353", "0",
           "Siobhán=Siobhan=Shivaun Áine=Aine Caitríona=Caitriona Niamh Gráinne=Grainne",
           "Pádraig=Padraig=Patrick Seán=Sean=John Ciarán=Ciaran Eoghan=Eoin=Owen Micheál=Michael=Micheal",
           "Ó_Súilleabháin=O'Sullivan=O_Suilleabhain Ní_Bhriain=Ni_Bhriain=O'Brien Mac_Cárthaigh=McCarthy O'Connor=OConnor=O_Connor Ó_Murchú=O'Murchu=Murphy",
           "Main Street=Main St; O'Connell Street Upper=Upper O'Connell St",
           "D02 X285 Dublin 2=Baile Átha Cliath=Dublin; T12 W8KP Cork"),
    locale("US", "us-ssn", "+1", "",
           "Katherine=Kathy=Kate María=Maria Jennifer=Jen=Jenny Mary_Ann=Maryann=Mary-Ann=Mary Deborah=Debbie",
           "William=Bill=Billy=Wm Robert=Bob=Bobby=Robt José=Jose=Joe Christopher=Chris Jonathan=Jon",
           "O'Connor=OConnor=O_Connor Garcia-Lopez=Garcia_Lopez=Garcia=García McDonald=Mcdonald=Mac_Donald Van_Dyke=VanDyke=Vandyke Smith_Jr=Smith=Smith,_Jr. "
           "De_La_Cruz=Delacruz=Dela_Cruz",
           "North Main Street=N Main St=N. Main St.; 45 W Oak Ave Apt 3B=45 West Oak Avenue #3B=45 W. Oak Ave., Apt. 3B; Saint Charles Boulevard=St Charles Blvd",
           "48909-1234 Lansing=LANSING; 60601 Chicago; 63101 Saint Louis=St. Louis=St Louis"),
    locale("CA", "ca-qc-ramq", "+1", "",
           "Marie-Ève=Marie-Eve=Marie_Eve Geneviève=Genevieve Josée=Josee",
           "Jean-François=Jean-Francois=J-F=Jean_Francois André=Andre Étienne=Etienne",
           "Tremblay-Gagnon=Tremblay=Tremblay_Gagnon Côté=Cote St-Pierre=Saint-Pierre=St_Pierre=ST-PIERRE L'Heureux=Lheureux=L_Heureux",
           "Rue Sainte-Catherine Ouest=Ste-Catherine O=Rue Ste Catherine O.; Boulevard René-Lévesque=Boul. Rene-Levesque",
           "H3B 1A7 Montréal=Montreal; G1R 2S8 Québec=Quebec"),
    locale("AU", "au-ihi", "+61", "0",
           "Katherine=Kate=Kathy Maree=Marie",
           "William=Bill Anthony=Tony",
           "O'Brien=OBrien=O_Brien Nguyen Papadopoulos=PAPADOPOULOS McKenzie=MacKenzie=Mackenzie",
           "Unit 4/12 Beach Road=4/12 Beach Rd=U4 12 Beach Rd; George Street=George St",
           "2000 Sydney=SYDNEY; 3000 Melbourne"),
    locale("IN", "in-aadhaar", "+91", "0",
           "Lakshmi=Laxmi=Lakshmy Sumitra=Sumithra Swetha=Shweta=Sweta Geetha=Gita=Geeta Poornima=Purnima Jyothi=Jyoti=Jothi Vijaya=Vijayah",
           "Venkatesh=Venkatesha Satish=Sathish=Sateesh Vivek=Viveck Krishnan Suresh=Suresh Murthy=Murti=Moorthy Arvind=Aravind=Arvinda",
           "Chatterjee=Chattopadhyay=Chatterji Iyer=Aiyar=Ayyar Choudhary=Chaudhary=Chowdhury=Chaudhari Reddy=Reddi Banerjee=Bandyopadhyay=Banerji Vishwanathan=Viswanathan "
           "Agarwal=Aggarwal=Agrawal",
           "MG Road=M.G. Road=Mahatma Gandhi Road; Gandhi Nagar=Gandhinagar; 2nd Cross, 4th Main=II Cross IV Main",
           "560001 Bengaluru=Bangalore; 600001 Chennai=Madras; 700001 Kolkata=Calcutta"),
    locale("PK", "pk-cnic", "+92", "0",
           "Ayesha=Aisha=Ayesha_Bibi Shaista=Shaysta Rukhsana=Ruksana=Rukhsana_Bibi Zainab=Zaynab Shazia=Shazya",
           "Muhammad_Usman=Usman=M._Usman=Mohd_Usman=Mohammad_Usman Ghulam_Rasool=Ghulam_Rasul Muhammad_Asif=M_Asif=Asif Abdul_Rehman=Abdur_Rahman=Abdulrehman "
           "Faisal=Faysal=Feisal",
           "Chaudhry=Choudhry=Chowdhry Qureshi=Quraishi=Koreshi Sheikh=Shaikh=Sheik Hussain=Husain=Hussein Malik=Malick",
           "Mall Road=The Mall; Shahrah-e-Faisal=Shahrah e Faisal",
           "54000 Lahore; 74000 Karachi"),
    locale("BD", "bd-nid", "+880", "0",
           "Mst._Rahima_Khatun=Mosammat_Rahima_Khatun=Rahima_Khatun Fatema=Fatima Nasrin=Nasreen Shirin=Shireen Shamsun_Nahar=Shamsunnahar",
           "Md._Rafiqul=Mohammad_Rafiqul=Rafiqul=Muhammad_Rafiqul Abdul_Karim=Abdul_Korim Md_Kamal=Mohammed_Kamal=Kamal Shafiq=Shofiq Nurul=Noorul",
           "Rahman=Rohman=Rahaman Chowdhury=Choudhury Islam Hossain=Hussain=Hosain Begum=Begam Uddin",
           "Mirpur Road=Mirpur Rd; Road 7=Rd No 7",
           "1216 Dhaka=Dacca; 4000 Chattogram=Chittagong"),
    locale("LK", "lk-nic", "+94", "0",
           "Kumari=Kumaree Chandrika=Chandrica Sriyani=Siriyani Dilrukshi=Dilrukshi",
           "Chaminda=Chaminda Sunil=Suneel Nuwan=Nuwan Mahinda=Mahinda",
           "Wickramasinghe=Wickremesinghe=Wickramasingha Jayawardena=Jayewardene=Jayawardana Gunawardena=Gunawardhana Bandaranayake=Bandaranaike=Bandaranayaka "
           "Rajapaksa=Rajapakse=Rajapaksha",
           "Galle Road=Galle Rd",
           "00300 Colombo 3=Colombo 03; 20000 Kandy"),
    locale("CN", "cn-resident", "+86", "0",
           "Fang 秀英=Xiuying=Xiu_Ying=Hsiu-ying 静怡=Jingyi=Jing_Yi=Jing-Yi 丽华=Lihua=Li_Hua 晓燕=Xiaoyan=Xiao_Yan 吕玲=Lyuling=Luling",
           "建国=Jianguo=Jian_Guo=Jian-guo 志强=Zhiqiang=Zhi_Qiang 海涛=Haitao=Hai_Tao 文军=Wenjun=Wen_Jun 小明=Xiaoming=Xiao_Ming",
           "王=Wang 李=Li 张=Zhang 吕=Lyu=Lu=Lü 欧阳=Ouyang=Ou_Yang 刘=Liu 陈=Chen",
           "Renmin Road=Renmin Lu=人民路; Jiefang Road=解放路=Jiefang Lu",
           "100001 Beijing=北京; 200001 Shanghai=上海"),
    locale("TW", "tw-id", "+886", "0",
           "淑芬=Shu-fen=Shufen=Shu_Fen 怡君=Yi-chun=Yijun=Yi_Jun 雅婷=Ya-ting=Yating 美玲=Mei-ling=Meiling",
           "志明=Chih-ming=Zhiming=Chih_Ming 俊傑=Chun-chieh=Junjie 家豪=Chia-hao=Jiahao 建宏=Chien-hung=Jianhong",
           "陳=Chen 張=Chang=Zhang 蔡=Tsai=Cai 謝=Hsieh=Xie 許=Hsu=Xu 鄭=Cheng=Zheng",
           "Zhongshan Road=Chung Shan Rd.=中山路; Zhongxiao E. Rd.=Chunghsiao East Road",
           "100 Taipei=台北; 800 Kaohsiung=高雄"),
    locale("HK", "hk-id", "+852", "",
           "Wing_Yan=Wingyan=Wing-yan Ka_Man=Kaman=Ka-man Suk_Yee=Sukyee",
           "Chi_Ming=Chiming=Chi-ming Tai_Man=Taiman=Tai-man Ka_Ho=Kaho=Ka-ho",
           "Chan=CHAN Wong=WONG Cheung Leung=LEUNG Lau",
           "Nathan Road=Nathan Rd=彌敦道; Queen's Road Central=Queens Rd C",
           "000 Kowloon=九龍; 000 Hong Kong=香港"),
    locale("JP", "jp-my-number", "+81", "0",
           "Hanako Yumiko Yoko=Youko=Yohko Yuko=Yuuko=Yūko Keiko",
           "Taro=Tarou=Taroh=Tarō Yuta=Yuuta=Yūta Kenichi=Ken'ichi Sho=Shou=Shō Takashi",
           "Sato=Satou=Satoh=Satō Ono=Ohno=Oono Ito=Itou=Itoh Suzuki Kato=Katou Naito=Naitou",
           "Sakura-dori=Sakuradori=桜通; Chuo 3-12-4=中央3-12-4=3-12-4 Chuo; Honmachi=Hommachi=本町",
           "150-0001 Tokyo=東京; 530-0001 Osaka=大阪"),
    locale("KR", "kr-rrn", "+82", "0",
           "Ji-young=Jiyoung=Ji_Young=지영=Jiyeong Min-ji=Minji=민지=Min_Ji Soo-jin=Sujin=수진=Soojin Young-hee=Yeonghui=영희=Younghee Eun-kyung=Eungyeong=은경=Eunkyung",
           "Min-jun=Minjun=민준=Min_Joon=Minjoon Sung-ho=Seongho=성호=Sungho Young-soo=Yeongsu=영수=Youngsoo Jae-hyun=Jaehyeon=재현=Jaehyun Dong-wook=Donguk=동욱=Dongwook",
           "Kim=김=Gim Lee=이=Yi=Rhee Park=박=Bak=Pak Choi=최=Choe Jung=정=Jeong=Chung Noh=노=Roh=No Yoo=유=Yu=Ryu Lim=임=Im=Rim Oh=오 Shin=신=Sin",
           "Teheran-ro=Teheranro=테헤란로; Sejong-daero=세종대로=Sejongdaero",
           "06236 Seoul=서울; 48058 Busan=Pusan=부산"),
    locale("VN", "vn-cccd", "+84", "0",
           "Thị_Hồng=Thi_Hong=Hồng=Hong Ngọc_Ánh=Ngoc_Anh Thị_Mỹ_Linh=Thi_My_Linh=My_Linh=Mỹ_Linh Thu_Hương=Thu_Huong Đào=Dao",
           "Văn_Đức=Van_Duc=Đức=Duc Quốc_Hùng=Quoc_Hung Minh_Tuấn=Minh_Tuan Văn_Dũng=Van_Dung=Dung Đình_Phúc=Dinh_Phuc",
           "Nguyễn=Nguyen=NGUYEN Trần=Tran Đặng=Dang Võ=Vo Huỳnh=Huynh Đỗ=Do",
           "Đường Lê Lợi=Le Loi Street=D. Le Loi=Lê Lợi; Phố Huế=Pho Hue=Hue Street",
           "100000 Hà Nội=Hanoi=Ha Noi; 700000 Hồ Chí Minh=Ho Chi Minh=TP HCM=Saigon"),
    locale("TH", "th-pin", "+66", "0",
           "Siriporn=Siriphon Somsri=Somsi Nattaya=Natthaya Porntip=Phonthip Wanida",
           "Somchai=Somchay Wichai=Vichai Prasert=Prasoet Chaiyaporn=Chaiyaphon Surasak",
           "Srisai=Sisai Wongsawat=Vongsavat Thongchai Charoenporn=Charoenphon Saetang=Sae-Tang",
           "Sukhumvit Road=ถนนสุขุมวิท=Sukhumvit Rd.; Silom Road=ถนนสีลม",
           "10110 Bangkok=กรุงเทพมหานคร=Krung Thep; 50000 Chiang Mai=เชียงใหม่"),
    locale("ID", "id-nik", "+62", "0",
           "Siti_Nurhaliza=Siti_Noerhaliza Dewi=Dewi Sri_Mulyani=Sri_Muljani Yuliana=Juliana Nur_Aini",
           "Muhammad_Yusuf=Yusuf Sutrisno=Soetrisno Ahmad=Achmad=Akhmad Suharto=Soeharto Cahyo=Tjahjo",
           "Sukarno=Soekarno Wijaya=Widjaja=Widjaya Hadi=Hady Suryadi=Surjadi=Soerjadi Kusuma=Koesoema",
           "Jalan Sudirman=Jl. Sudirman=Jln Jend. Sudirman; Jalan Merdeka=Jl Merdeka",
           "10110 Jakarta=DKI Jakarta; 60111 Surabaya=Soerabaja"),
    locale("PH", "ph-philhealth", "+63", "0",
           "Maria_Cristina=Ma._Cristina=Ma_Cristina=Cristina Mary_Grace=Marygrace=Mary-Grace=M._Grace Ma._Luisa=Maria_Luisa Rosario=Charito Teresita=Tessie",
           "Jose_Mari=Jose_Maria=Joey John_Paul=Johnpaul=John-Paul=John Juan_Carlo=Juan Ferdinand=Ferdie Roberto=Bobby",
           "dela_Cruz=Dela_Cruz=Delacruz=De_la_Cruz de_los_Reyes=Delos_Reyes=Delosreyes Macapagal-Reyes=Macapagal_Reyes=Reyes Sta._Maria=Santa_Maria=Sta_Maria Peñaflor=Penaflor",
           "Rizal Avenue=Rizal Ave.=Avenida Rizal; Brgy. San Jose=Barangay San Jose",
           "1000 Manila=Maynila; 6000 Cebu City=Cebu"),
    locale("TR", "tr-kimlik", "+90", "0",
           "Ayşe=Ayse Gülşah=Gulsah=Guelsah Çiğdem=Cigdem İpek=Ipek Fatma_Nur=Fatmanur=Fatma Ümmühan=Ummuhan",
           "Mehmet_Ali=Mehmetali=M._Ali=Mehmet İbrahim=Ibrahim=IBRAHIM Oğuz=Oguz Şükrü=Sukru=Suekrue Ömer=Omer=Oemer Işık=Isik",
           "Öztürk=Ozturk=Oeztuerk Yılmaz=Yilmaz=YILMAZ Çelik=Celik Şahin=Sahin=Shahin Kılıç=Kilic Doğan=Dogan",
           "Atatürk Caddesi=Ataturk Cad.=Atatürk Cd; Cumhuriyet Sokağı=Cumhuriyet Sok.=Cumhuriyet Sk.",
           "34110 İstanbul=Istanbul; 06420 Ankara; 35210 İzmir=Izmir"),
    locale("GR", "gr-amka", "+30", "",
           "Αικατερίνη=Aikaterini=Katerina=Ekaterini Παναγιώτα=Panagiota=Panayiota Ελένη=Eleni=Helen Γεωργία=Georgia Ευαγγελία=Evangelia=Euaggelia Χρυσούλα=Chrysoula=Hrisoula",
           "Γεώργιος=Georgios=George=Yorgos=Giorgos Ιωάννης=Ioannis=Yannis=Giannis=John Κωνσταντίνος=Konstantinos=Constantine=Kostas Παναγιώτης=Panagiotis=Panayotis "
           "Χρήστος=Christos=Hristos Ευάγγελος=Evangelos=Euaggelos",
           "Παπαδόπουλος=Papadopoulos Χατζηγιάννης=Chatzigiannis=Hatziyiannis=Hadjigiannis Γκίκας=Gkikas=Gikas Μπακογιάννης=Bakogiannis=Mpakogiannis Ντόκος Τσίπρας=Tsipras",
           "Ερμού=Ermou=Hermou; Λεωφόρος Κηφισίας=Leoforos Kifisias=Kifissias Ave",
           "105 63 Αθήνα=Athina=Athens; 546 24 Θεσσαλονίκη=Thessaloniki"),
    locale("BG", "bg-egn", "+359", "0",
           "Йорданка=Yordanka=Jordanka Цветелина=Tsvetelina=Cvetelina Светлана=Svetlana Гергана=Gergana Живка=Zhivka=Jivka Юлия=Yuliya=Julia=Iulia",
           "Георги=Georgi=Gueorgui Христо=Hristo=Christo Любомир=Lyubomir=Ljubomir=Lubomir Цветан=Tsvetan=Cvetan Живко=Zhivko=Jivko Юлиян=Yuliyan=Julian",
           "Щерев=Shterev Жеков=Zhekov=Jekov Ангелов=Angelov Цонев=Tsonev=Conev Юруков=Yurukov=Jurukov Ъглов=Aglov",
           "бул. Витоша=bul. Vitosha=Vitosha Blvd; ул. Шипка=ul. Shipka=Shipka Str",
           "1000 София=Sofia=Sofiya; 4000 Пловдив=Plovdiv"),
    locale("RS", "rs-jmbg", "+381", "0",
           "Љиљана=Ljiljana=Liljana Ђурђица=Đurđica=Djurdjica=Gjurgjica=Durdica Снежана=Snežana=Snezana Жељка=Željka=Zeljka Јелена=Jelena Весна=Vesna",
           "Ђорђе=Đorđe=Djordje=Dorde Љубиша=Ljubiša=Ljubisa Живко=Živko=Zivko Џевад=Dževad=Dzevad Милош=Miloš=Milos Александар=Aleksandar",
           "Ђорђевић=Đorđević=Djordjevic=Dordevic Жижић=Žižić=Zizic Ћирић=Ćirić=Ciric Њежић=Nježić=Njezic Џаковић=Džaković=Dzakovic Шћепановић=Šćepanović=Scepanovic",
           "Кнеза Милоша=Kneza Miloša=Kneza Milosa; Булевар Краља Александра=Bulevar kralja Aleksandra=Bul. kralja Aleksandra",
           "11000 Београд=Beograd=Belgrade; 21000 Нови Сад=Novi Sad"),
    locale("RU", "ru-snils", "+7", "8",
           "Юлия=Yuliya=Iuliia=Julia=Yulia Наталья=Natalya=Natalia=Nataliya Ксения=Kseniya=Kseniia=Xenia Любовь=Lyubov=Liubov=Ljubow Татьяна=Tatyana=Tatiana=Tatjana "
           "Евгения=Yevgeniya=Evgeniia=Evgenia",
           "Сергей=Sergey=Sergei=Sergej Юрий=Yuriy=Iurii=Yury=Juri Дмитрий=Dmitriy=Dmitrii=Dmitry=Dmitri Алексей=Aleksey=Aleksei=Alexey=Alexei Фёдор=Fyodor=Fedor=Fjodor "
           "Андрей=Andrey=Andrei=Andrej Вячеслав=Vyacheslav=Viacheslav=Wjatscheslaw",
           "Щербаков=Shcherbakov=Schtscherbakow Жуковский=Zhukovskiy=Zhukovskii=Zhukovsky=Schukowski Хрущёв=Khrushchev=Khrushchyov=Chruschtschow "
           "Цветаева=Tsvetaeva=Cvetaeva=Zwetajewa Соловьёв=Solovyov=Solovev=Soloviev Ельцин=Yeltsin=Eltsin=Jelzin Чайковский=Chaykovskiy=Chaikovskii=Tschaikowski",
           "ул. Ленина=ul. Lenina=Lenin Street; проспект Мира=pr. Mira=Prospekt Mira; Садовая ул.=Sadovaya ul.=Sadovaia",
           "101000 Москва=Moskva=Moscow; 190000 Санкт-Петербург=St Petersburg=Sankt-Peterburg"),
    locale("UA", "ua-rnokpp", "+380", "0",
           "Олена=Olena=Elena=Helena Наталія=Nataliia=Natalya=Nataliya Юлія=Yuliia=Julia=Iuliia Ганна=Hanna=Ganna Оксана=Oksana=Oxana Людмила=Liudmyla=Lyudmila=Ludmila",
           "Олександр=Oleksandr=Alexander=Aleksandr Сергій=Serhii=Sergiy=Sergey=Serhiy Володимир=Volodymyr=Vladimir Дмитро=Dmytro=Dmitry=Dmitriy Євген=Yevhen=Evgeniy=Evgen "
           "Микола=Mykola=Nikolay=Nikolai Ігор=Ihor=Igor",
           "Шевченко=Shevchenko=Schewtschenko Гончаренко=Honcharenko=Goncharenko Ющенко=Yushchenko=Iushchenko=Juschtschenko Згурський=Zghurskyi=Zgurskiy "
           "Щербина=Shcherbyna=Shcherbina Хоменко=Khomenko=Homenko",
           "вул. Хрещатик=vul. Khreshchatyk=Kreschatik St; вул. Шевченка=vul. Shevchenka",
           "01001 Київ=Kyiv=Kiev; 79000 Львів=Lviv=Lvov"),
    locale("PL", "pl-pesel", "+48", "",
           "Małgorzata=Malgorzata=Gosia Bożena=Bozena Żaneta=Zaneta Łucja=Lucja Agnieszka=AGNIESZKA Wiesława=Wieslawa",
           "Stanisław=Stanislaw Łukasz=Lukasz Paweł=Pawel Władysław=Wladyslaw Michał=Michal Józef=Jozef",
           "Wójcik=Wojcik Kowalska-Nowak=Kowalska_Nowak=Kowalska Źróbek=Zrobek Łęcki=Lecki Dąbrowska=Dabrowska Świątek=Swiatek Żółć=Zolc",
           "ulica Długa=ul. Długa=Dluga; aleja Jana Pawła II=al. Jana Pawla II=Al. JP II",
           "00-238 Warszawa=Warsaw; 31-019 Kraków=Krakow; 90-001 Łódź=Lodz"),
    locale("CZ", "cz-rodne-cislo", "+420", "",
           "Kateřina=Katerina Božena=Bozena Šárka=Sarka Jiřina=Jirina Ludmila",
           "Jiří=Jiri Tomáš=Tomas Ondřej=Ondrej Zdeněk=Zdenek Bořivoj=Borivoj",
           "Novák=Novak Dvořáková=Dvorakova=Dvorak Černý=Cerny Šťastná=Stastna=Stastny Krejčíř=Krejcir Nováková-Malá=Novakova_Mala=Nováková",
           "Václavské náměstí=Vaclavske nam.=Václavské nám.; Dlouhá=Dlouha",
           "110 00 Praha 1=Prague=Praha; 602 00 Brno"),
    locale("HU", "hu-taj", "+36", "06",
           "Erzsébet=Erzsebet Zsófia=Zsofia Kovácsné=Kovacsne Ágnes=Agnes Éva=Eva",
           "László=Laszlo György=Gyorgy=Gyoergy Tőkés=Tokes Gábor=Gabor Ödön=Odon=Oedoen",
           "Kovács=Kovacs Szűcs=Szucs=Szuecs Győri=Gyori=Gyoeri Nagy-Kiss=Nagy_Kiss=Nagy Tóth=Toth Szőke=Szoke",
           "Kossuth Lajos utca=Kossuth L. u.=Kossuth Lajos u.; Petőfi tér=Petofi ter",
           "1053 Budapest; 6720 Szeged"),
    locale("RO", "ro-cnp", "+40", "0",
           "Ștefania=Stefania=Ştefania Ioana-Maria=Ioana_Maria=Ioana Mădălina=Madalina Anca Țița=Tita",
           "Ștefan=Stefan=Ştefan Ionuț=Ionut=Ionuţ Constantin=Costel Răzvan=Razvan Gheorghe=George",
           "Țăranu=Taranu=Ţăranu Ștefănescu=Stefanescu Brâncuși=Brancusi=Brîncuşi Popa-Ionescu=Popa_Ionescu=Popa Pârvu=Parvu=Pîrvu",
           "Strada Mihai Eminescu=Str. M. Eminescu=Str Mihai Eminescu; Bulevardul Unirii=Bd. Unirii=B-dul Unirii",
           "010011 București=Bucuresti=Bucharest; 400001 Cluj-Napoca=Cluj Napoca=Cluj"),
    locale("IL", "il-teudat-zehut", "+972", "0",
           "שרה=Sara=Sarah רחל=Rachel=Rahel חנה=Hana=Chana=Hannah רבקה=Rivka מיכל=Michal=Mikhal יעל=Yael",
           "משה=Moshe יצחק=Yitzhak=Itzhak חיים=Haim=Chaim=Hayim יעקב=Yaakov=Yakov אברהם=Avraham דוד=David",
           "כהן=Cohen=Kohen לוי=Levi=Levy מזרחי=Mizrahi=Mizrachi פרידמן=Friedman=Fridman ביטון=Biton=Bitton חדד=Hadad=Haddad",
           "רחוב הרצל=Herzl St=Hertzel Street; Ben Yehuda=Ben-Yehuda=בן יהודה",
           "6100000 תל אביב=Tel Aviv=Tel-Aviv; 9100000 ירושלים=Jerusalem"),
    locale("EG", "eg-national-id", "+20", "0",
           "فاطمة=Fatima=Fatma عائشة=Aisha=Aicha نورة=Noura=Nora=Nurah خديجة=Khadija=Khadiga هدى=Huda=Hoda مريم=Maryam=Mariam",
           "محمد=Mohamed=Muhammad=Mohammed أحمد=Ahmed=Ahmad عبد_الله=Abdullah=Abdallah=Abd_Allah يوسف=Youssef=Yusuf=Yousef حسين=Hussein=Hussain خالد=Khaled=Khalid "
           "عبد_الرحمن=Abdelrahman=Abdulrahman=Abd_El_Rahman",
           "الحداد=Al-Haddad=El_Haddad=Haddad السيد=El-Sayed=Al_Sayyid=Elsayed=Sayed المصري=El-Masry=Al-Masri=Masri حسن=Hassan=Hasan إبراهيم=Ibrahim=Ebrahim خوري=Khoury=Khouri",
           "شارع التحرير=Tahrir Street=Tahrir St.=El Tahrir St; شارع النيل=Nile Street",
           "11511 القاهرة=Cairo; 21500 الإسكندرية=Alexandria"),
    locale("SA", "sa-national-id", "+966", "0",
           "نوف=Nouf=Nuf ريم=Reem=Rim شيماء=Shaima=Shaimaa لطيفة=Latifa=Latifah منيرة=Munira=Monira",
           "فهد=Fahad=Fahd سلطان=Sultan تركي=Turki=Turky ماجد=Majid=Majed عبدالعزيز=Abdulaziz=Abdul_Aziz=Abdelaziz بندر=Bandar",
           "القحطاني=Al-Qahtani=Alqahtani=Al_Kahtani العتيبي=Al-Otaibi=Alotaibi=AlUtaybi الشمري=Al-Shammari=Alshammari الغامدي=Al-Ghamdi=Alghamdi=Ghamdi "
           "الزهراني=Al-Zahrani=Alzahrani=Az-Zahrani",
           "King Fahd Road=King Fahad Rd=طريق الملك فهد; Olaya Street=Al Olaya St=شارع العليا",
           "11564 Riyadh=الرياض; 21577 Jeddah=جدة=Jidda"),
    locale("MA", "ma-cin", "+212", "0",
           "Fatima_Zahra=Fatima-Zahra=Fatimazahra Khadija=Khadidja Naïma=Naima=Neima Zineb=Zainab",
           "Mohamed=Mohammed Abdellah=Abdallah Driss=Idriss=Idris Youssef=Yousef Hicham=Hisham Rachid=Rashid",
           "Benali=Ben_Ali=BENALI El_Amrani=Elamrani=Al_Amrani=Amrani Bouazza=Bouaza Ait_Lahcen=Aït_Lahcen=Aitlahcen",
           "Avenue Mohammed V=Av. Mohamed V=Bd Mohammed V; Rue Hassan II=R. Hassan II",
           "20000 Casablanca=الدار البيضاء; 10000 Rabat"),
    locale("IR", "ir-melli", "+98", "0",
           "زهرا=Zahra=Zehra فاطمه=Fatemeh=Fatima=Fateme مریم=Maryam=Mariam لیلا=Leila=Leyla شیرین=Shirin=Shireen",
           "محمد=Mohammad=Mohamad علی=Ali حسین=Hossein=Hosein=Hussein رضا=Reza مهدی=Mehdi=Mahdi سعید=Saeed=Saeid=Said",
           "احمدی=Ahmadi حسینی=Hosseini=Hoseini موسوی=Mousavi=Moosavi=Musavi کریمی=Karimi رضایی=Rezaei=Rezaee=Rezai قاسمی=Ghasemi=Qasemi",
           "خیابان ولیعصر=Valiasr Street=Vali-e-Asr; Enghelab Ave=خیابان انقلاب",
           "11369 تهران=Tehran=Teheran; 91735 مشهد=Mashhad=Mashad"),
    locale("ET", "et-fayda", "+251", "0",
           "ትዕግስት=Tigist=Tegest አበበች=Abebech=Abebetch ሰላም=Selam ብርቱካን=Birtukan=Bertukan ሄለን=Helen",
           "አበበ=Abebe ተስፋዬ=Tesfaye=Tesfaie ዮሐንስ=Yohannes=Yohanis=Yohanes ገብረ=Gebre ኃይሌ=Haile=Hayle ብርሃኑ=Birhanu=Berhanu",
           "ከበደ=Kebede ተስፋዬ=Tesfaye ወልደ=Wolde=Welde ገብረ_ማርያም=Gebre_Mariam=Gebremariam=Gebremaryam ኃይለ_ሥላሴ=Haile_Selassie=Haileselassie",
           "Bole Road=Bole Rd",
           "1000 Addis Ababa=አዲስ አበባ=Addis Abeba"),
    locale("NG", "ng-nin", "+234", "0",
           "Oluwaseun=Seun Ngozi Chioma Aisha=Aishatu=Aysha Folashade=Folasade Adésùwà=Adesuwa",
           "Oluwafemi=Femi Chukwuemeka=Emeka Babatunde=Tunde Ibrahim Olúfẹ́mi=Olufemi Musa=Moussa",
           "Adébáyò=Adebayo Okonkwo=Okonkwor Ọlátúnjí=Olatunji Abubakar=Abubaker=Aboubakar Eze Nwachukwu=Nwa-Chukwu",
           "Awolowo Road=Awolowo Rd.; Ahmadu Bello Way",
           "101233 Lagos; 900001 Abuja"),
    locale("KE", "ke-id", "+254", "0",
           "Wanjiku=Wanjikũ Achieng=Achieng' Njeri Mwende",
           "Kamau Otieno Kiprotich=Kipprotich Mwangi=Mwang'i",
           "Ng'ang'a=Nganga=Ng’ang’a Wa_Thiong'o=Wathiongo=Thiong'o Odhiambo Kĩmani=Kimani",
           "Moi Avenue=Moi Ave; Ngong Road=Ngong Rd",
           "00100 Nairobi; 80100 Mombasa"),
    locale("ZA", "za-id", "+27", "0",
           "Nomvula Thandiwe=Thandi Anna-Marié=Annamarie=Anna-Marie Lindiwe=Lindi",
           "Sipho Pieter=Piet Johannes=Johan Thabo Hendrik=Hennie",
           "van_der_Merwe=Van_Der_Merwe=vd_Merwe=Vandermerwe du_Plessis=Du_Plessis=Duplessis Ndlovu=Ndhlovu le_Roux=Le_Roux=Leroux Botha",
           "Church Street=Kerkstraat=Church St; Nelson Mandela Drive=Nelson Mandela Dr",
           "0001 Pretoria=Tshwane; 8001 Cape Town=Kaapstad"),
)


def digits(rng: random.Random, many: int) -> str:
    return "".join(rng.choice(DIGITS) for _ in range(many))


def _sex(rng: random.Random, woman: bool) -> str:
    return rng.choice("02468" if woman else "13579")


def _letters(rng: random.Random, many: int) -> str:
    return "".join(rng.choice(LETTERS) for _ in range(many))


def _ymd(b: str) -> str:
    return b[2:].replace("-", "")


def _dmy(b: str) -> str:
    return f"{b[8:]}{b[5:7]}{b[2:4]}"


# scheme → how a candidate is drawn for rng, birth date and whether it is a woman; then how desks write the number.
Drawn = Callable[[random.Random, str, bool], str]
NUMBERS: dict[str, tuple[Drawn, tuple[str, ...]]] = {
    "se-personnummer": (lambda r, b, w: f"{_ymd(b)}{digits(r, 2)}{_sex(r, w)}{digits(r, 1)}", ("6-",)),
    "dk-cpr": (lambda r, b, w: f"{_dmy(b)}{r.choice('4567' if b >= '2000' else '0123')}{digits(r, 2)}{_sex(r, w)}", ("6-",)),
    "no-fodselsnummer": (lambda r, b, w: f"{_dmy(b)}{r.randint(500, 999) if b >= '2000' else r.randint(0, 499):03}{digits(r, 2)}", ("6 ",)),
    "fi-hetu": (lambda r, b, w: f"{_dmy(b)}{'A' if b >= '2000' else '-'}{r.randint(2, 899):03}{r.choice(DIGITS + 'ABCDEFHJKLMNPRSTUVWXY')}", ()),
    "is-kennitala": (lambda r, b, w: f"{_dmy(b)}{r.randint(20, 99)}{digits(r, 1)}{'0' if b >= '2000' else '9'}", ("6-",)),
    "ee-isikukood": (lambda r, b, w: f"{(5 if b >= '2000' else 3) + w}{_ymd(b)}{digits(r, 4)}", ()),
    "lt-asmens-kodas": (lambda r, b, w: f"{(5 if b >= '2000' else 3) + w}{_ymd(b)}{digits(r, 4)}", ()),
    "lv-personas-kods": (lambda r, b, w: f"{_dmy(b)}{'2' if b >= '2000' else '1'}{digits(r, 4)}", ("6-",)),
    "de-kvnr": (lambda r, b, w: f"{_letters(r, 1)}{digits(r, 9)}", ("1 4 7 ",)), "at-svnr": (lambda r, b, w: f"{r.randint(1, 9)}{digits(r, 3)}{_dmy(b)}", ("4 ",)),
    "ch-ahv": (lambda r, b, w: f"756{digits(r, 10)}", ("3.7.11.",)), "nl-bsn": (lambda r, b, w: f"{r.randint(1, 8)}{digits(r, 8)}", ("4.6.",)),
    "be-niss": (lambda r, b, w: f"{_ymd(b)}{digits(r, 2)}{_sex(r, w)}{digits(r, 2)}", ("2.4.6-9.",)),
    "fr-nir": (lambda r, b, w: f"{1 + w}{b[2:4]}{b[5:7]}{r.randint(1, 95):02}{digits(r, 8)}", ("1 3 5 7 10 13 ",)),
    "es-dni": (lambda r, b, w: f"{digits(r, 8)}{r.choice('TRWAGMYFPDXBNJZSQVHLCKE')}", ("8-", "2.5.8-")),
    "it-codice-fiscale": (lambda r, b, w: f"{_letters(r, 6)}{b[2:4]}{'ABCDEHLMPRST'[int(b[5:7]) - 1]}{int(b[8:]) + 40 * w:02}{_letters(r, 1)}{digits(r, 3)}{r.choice('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}",
                          ("3 6 11 ",)),
    "pt-nif": (lambda r, b, w: f"{r.choice('12')}{digits(r, 8)}", ("3 6 ", "PT")), "br-cpf": (lambda r, b, w: digits(r, 11), ("3.6.9-",)),
    "mx-curp": (lambda r, b, w: f"{_letters(r, 1)}{r.choice('AEIOU')}{_letters(r, 2)}{_ymd(b)}{'M' if w else 'H'}DF{_letters(r, 3)}{'A' if b >= '2000' else '0'}{digits(r, 1)}", ()),
    "ar-dni": (lambda r, b, w: f"{r.randint(10, 45)}{digits(r, 6)}", ("2.5.",)), "cl-run": (lambda r, b, w: f"{r.randint(10, 22)}{digits(r, 6)}{r.choice(DIGITS + 'K')}", ("2.5.8-", "8-")),
    "uk-nhs-number": (lambda r, b, w: f"{r.choice('4679')}{digits(r, 9)}", ("3 6 ",)), "ie-pps": (lambda r, b, w: f"{digits(r, 7)}{r.choice('ABCDEFGHIJKLMNOPQRSTUVW')}", ("7 ",)),
    "us-ssn": (lambda r, b, w: f"{r.randint(100, 665)}{r.randint(1, 99):02}{r.randint(1, 9999):04}", ("3-5-",)),
    "ca-qc-ramq": (lambda r, b, w: f"{_letters(r, 4)}{b[2:4]}{int(b[5:7]) + 50 * w:02}{b[8:]}{digits(r, 2)}", ("4 8 ",)),
    "au-ihi": (lambda r, b, w: f"800360{digits(r, 10)}", ("4 8 12 ",)), "in-aadhaar": (lambda r, b, w: f"{r.randint(2, 9)}{digits(r, 11)}", ("4 8 ",)),
    "cn-resident": (lambda r, b, w: f"110101{b.replace('-', '')}{digits(r, 2)}{_sex(r, w)}{r.choice(DIGITS + 'X')}", ()), "tw-id": (lambda r, b, w: f"{_letters(r, 1)}{1 + w}{digits(r, 8)}", ()),
    "hk-id": (lambda r, b, w: f"{_letters(r, 1)}{digits(r, 6)}{r.choice(DIGITS + 'A')}", ("7(",)), "jp-my-number": (lambda r, b, w: digits(r, 12), ("4 8 ",)),
    "kr-rrn": (lambda r, b, w: f"{_ymd(b)}{(3 if b >= '2000' else 1) + w}{digits(r, 6)}", ("6-",)), "th-pin": (lambda r, b, w: f"{r.choice('13')}{digits(r, 12)}", ("1-5-10-12-",)),
    "id-nik": (lambda r, b, w: f"317101{int(b[8:]) + 40 * w:02}{b[5:7]}{b[2:4]}{r.randint(1, 9999):04}", ()), "tr-kimlik": (lambda r, b, w: f"{r.randint(1, 8)}{digits(r, 10)}", ()),
    "gr-amka": (lambda r, b, w: f"{_dmy(b)}{digits(r, 3)}{_sex(r, w)}{digits(r, 1)}", ()),
    "bg-egn": (lambda r, b, w: f"{b[2:4]}{int(b[5:7]) + 40 * (b >= '2000'):02}{b[8:]}{digits(r, 4)}", ()),
    "rs-jmbg": (lambda r, b, w: f"{b[8:]}{b[5:7]}{b[1:4]}71{digits(r, 4)}", ()), "ru-snils": (lambda r, b, w: digits(r, 11), ("3-6-9 ",)),
    "ua-rnokpp": (lambda r, b, w: f"{(date.fromisoformat(b) - date(1899, 12, 31)).days:05}{digits(r, 3)}{_sex(r, w)}{digits(r, 1)}", ()),
    "pl-pesel": (lambda r, b, w: f"{b[2:4]}{int(b[5:7]) + 20 * (b >= '2000'):02}{b[8:]}{digits(r, 3)}{_sex(r, w)}{digits(r, 1)}", ()),
    "cz-rodne-cislo": (lambda r, b, w: f"{b[2:4]}{int(b[5:7]) + 50 * w:02}{b[8:]}{digits(r, 4)}", ("6/",)), "hu-taj": (lambda r, b, w: digits(r, 9), ("3 6 ",)),
    "ro-cnp": (lambda r, b, w: f"{(5 if b >= '2000' else 1) + w}{_ymd(b)}{r.randint(1, 46):02}{digits(r, 4)}", ()), "il-teudat-zehut": (lambda r, b, w: digits(r, 9), ("8-",)),
    "eg-national-id": (lambda r, b, w: f"{3 if b >= '2000' else 2}{_ymd(b)}01{digits(r, 5)}", ()), "sa-national-id": (lambda r, b, w: f"1{digits(r, 9)}", ()),
    "ng-nin": (lambda r, b, w: digits(r, 11), ()), "pk-cnic": (lambda r, b, w: f"{r.randint(1, 7)}{digits(r, 11)}{r.choice('2468' if w else '13579')}", ("5-12-",)),
    "bd-nid": (lambda r, b, w: f"{r.randint(1, 9)}{digits(r, 9)}", ()), "vn-cccd": (lambda r, b, w: f"0{digits(r, 11)}", ("3 6 9 ",)),
    "lk-nic": (lambda r, b, w: f"{b[:4]}{date.fromisoformat(b).timetuple().tm_yday + 500 * w:03}{digits(r, 5)}", ()),
    "ir-melli": (lambda r, b, w: digits(r, 10), ("3-9-",)), "et-fayda": (lambda r, b, w: digits(r, 12), ("4-8-",)), "ke-id": (lambda r, b, w: f"{r.randint(10, 39)}{digits(r, 6)}", ()),
    "ma-cin": (lambda r, b, w: f"{_letters(r, 2)}{digits(r, 6)}", ("2 ",)), "ph-philhealth": (lambda r, b, w: digits(r, 12), ("2-11-",)), "za-id": (lambda r, b, w: f"{_ymd(b)}{r.randint(0, 4) if w else r.randint(5, 9)}{digits(r, 3)}08{digits(r, 1)}", ())}


def number(rng: random.Random, scheme: str, birth: str, woman: bool) -> str:
    """Drawn until the country's own rule takes it."""
    rule = BY_NAME[scheme]
    while True:
        value = NUMBERS[scheme][0](rng, birth, woman)
        if rule.valid(rule.form(value)):
            return value


def parted(value: str, how: str) -> str:
    """`6-`: a hyphen before the seventh sign; letters stand in front."""
    if how.isalpha():
        return how + value
    out, last = "", 0
    for place, mark in re.findall(r"(\d+)(\D)", how):
        out, last = f"{out}{value[last:int(place)]}{mark}", int(place)
    return out + value[last:]


def identifiers(rng: random.Random, at: Locale, birth: str, woman: bool) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """One national number as two desks hold it, beside the record numbers of each."""
    scheme, value = BY_NAME[at.scheme], number(rng, at.scheme, birth, woman)
    ways = [value, *(parted(value, how) for how in NUMBERS[at.scheme][1])]
    named = {"system": scheme.systems[0]} if scheme.systems else {"type": {"coding": [{"code": scheme.types[0]}]}}
    one, two = ([mrn(rng, desk), {**named, "value": rng.choice(ways)}] for desk in "ab")
    return one, two


def two(rng: random.Random, rows: tuple[Forms, ...]) -> Forms:
    """Two ways of writing one of these."""
    row = rng.choice(rows)
    return tuple(rng.sample(row, 2)) if len(row) > 1 else row * 2


def phones(rng: random.Random, at: Locale) -> Forms:
    """One phone as desks write it."""
    number = f"{rng.randint(6, 9)}{digits(rng, 8 if len(at.calling) < 4 else 7)}"
    spaced = f"{number[:2]} {number[2:5]} {number[5:]}"
    return (at.calling + number, f"{at.calling} {spaced}", at.trunk + number, f"{at.trunk}{spaced}".replace(" ", "-"), f"00{at.calling[1:]}{number}")


def written(rng: random.Random, at: Locale, given: bool = True, family: bool = True) -> Pair:
    """One person with a name as two desks write it; the number as each does."""
    woman, birth = rng.random() < 0.5, born(rng, 1932, 2023)
    names, surnames = two(rng, at.women if woman else at.men), two(rng, at.families)
    both = identifiers(rng, at, birth, woman)
    one, other = ({"name": [{"family": surnames[i * family], "given": names[i * given].split(" ")}], "birthDate": birth,
                   "gender": "female" if woman else "male", "identifier": both[i]} for i in (0, 1))
    return one, other


def home(rng: random.Random, at: Locale) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """One door as two desks write it."""
    streets, (code, names), house = two(rng, at.streets), rng.choice(at.towns), str(rng.randint(1, 190))
    towns = two(rng, (names,))
    one, other = ([{"line": [f"{streets[i]} {house}"], "city": towns[i], "postalCode": code, "country": at.code[:2]}] for i in (0, 1))
    return one, other


def alone(p: Patient) -> list[dict[str, Any]]:
    """No number but that of the hospital."""
    return list(p["identifier"][:1])


# --- one person ---------------------------------------------------------------------------------------------------------

def on_ones_own_number(rng: random.Random, at: Locale) -> Pair:
    """Names, and the number, as two desks write them; nothing else is told."""
    return written(rng, at)


def on_ones_own_number_with_a_new_phone(rng: random.Random, at: Locale) -> Pair:
    a, b = written(rng, at)
    return ({**a, "telecom": [{"system": "phone", "value": phones(rng, at)[0]}]}, {**b, "telecom": [{"system": "phone", "value": phones(rng, at)[1]}]})


def moved_with_ones_own_number(rng: random.Random, at: Locale) -> Pair:
    a, b = written(rng, at)
    return {**a, "address": home(rng, at)[0]}, {**b, "address": home(rng, at)[1]}


def at_one_door_on_ones_own_number(rng: random.Random, at: Locale) -> Pair:
    (a, b), (here, there), calls = written(rng, at), home(rng, at), two(rng, (phones(rng, at),))
    return ({**a, "address": here, "telecom": [{"system": "phone", "value": calls[0]}]},
            {**b, "address": there, "telecom": [{"system": "phone", "value": calls[1]}]})


def family_name_respelt_on_one_phone(rng: random.Random, at: Locale) -> Pair:
    """No number: the given name as before, the family name otherwise, the phone in two forms."""
    (a, b), calls = written(rng, at, given=False), two(rng, (phones(rng, at),))
    return ({**a, "identifier": alone(a), "telecom": [{"system": "phone", "value": calls[0]}]},
            {**b, "identifier": alone(b), "telecom": [{"system": "phone", "value": calls[1]}]})


SAME: tuple[Make, ...] = (on_ones_own_number, on_ones_own_number_with_a_new_phone, moved_with_ones_own_number, at_one_door_on_ones_own_number,
                          family_name_respelt_on_one_phone)
DIFFERENT: tuple[Make, ...] = ()


def made(make: Make, size: int, seed: int = 23) -> Iterator[Pair]:
    """`size` pairs of one class, from the locales in turn."""
    rng = random.Random(f"{make.__name__}{seed}")
    for i in range(size):
        yield make(rng, LOCALES[i % len(LOCALES)])


def made_at(make: Make, code: str, size: int, seed: int = 23) -> Iterator[Pair]:
    """`size` pairs of one class from one locale."""
    rng = random.Random(f"{make.__name__}{code}{seed}")
    at = next(place for place in LOCALES if place.code == code)
    for _ in range(size):
        yield make(rng, at)
