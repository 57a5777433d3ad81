"""First names that tell whether "he" or "she" may mean somebody.

Used for whom a pronoun or a title may mean, see `Person.gender`; names of either gender (Alex,
Andrea, Jean, Kim, Robin) are left out.
"""

from __future__ import annotations

from typing import Final

from claimclf.perspectives.names import normalize
from claimclf.perspectives.words import listed
from claimclf.pronouns import Gender

MALE: Final = listed(
    """
    aaron abdul abdullah abraham adam adrian ahmad ahmed aidan alan albert alberto alejandro
    aleksandr alexander alexandre alexei alexey alfonso alfred ali alistair allan allen alvin
    amir anatoly anders andre andreas andrei andrew andriy andrzej angus anthony antonin antonio
    antony ari armand arnold arthur asif austin barack barry bashar ben benedict benjamin
    bernard bernie bill billy boris brad bradley brandon brendan brett brian bruce bruno bryan
    calvin carl carlos cesar charles charlie chris christian christopher chuck clarence clint
    clinton clive colin conor craig curtis cyril damien dan daniel darren dave david dean dennis
    derek dick diego dietmar dimitri dirk dmitri dmitry dmytro dominic don donald doug douglas
    duncan dwight earl ed eddie eduardo edward edwin emilio emmanuel enrico enrique eric erik
    ernest ernesto ethan eugene evan fabio felipe felix ferdinand fernando filip francisco
    francois frank franklin fred frederick friedrich gary gavin geoff geoffrey george gerald
    gerard gerhard gilbert giorgio giovanni giuseppe glenn gordon graham grant greg gregory
    guido guillermo gustavo hamid hamza hans harold harry harvey hasan hassan hector heinz
    helmut henri henrik henry herbert herman hernan howard hugh hugo hussein ian ibrahim igor
    imran isaac ismail ivan jack jacob jacques jake jakub jamal james janos jared jason javier
    jeff jeffrey jens jeremy jerome jerry jesus jim jimmy joachim joao joaquin joe joel johan
    johannes john johnny jon jonathan jorge jose josef joseph josh joshua juan julian julio
    justin karim karl keith ken kenneth kevin khaled khalid klaus konstantin kurt kyle larry
    lars laurent lawrence len leo leon leonard leonid lev liam lloyd lou louis luc luca
    lucas ludwig luigi luis luiz luke magnus mahmoud malcolm manuel marc marcel marcelo marcin
    marco marcus mario mark markus martin marty mathieu matt matteo matthew maurice mauricio max
    maxim michael michel miguel mihail mike mikhail miroslav mitch mitchell mitt mohamed
    mohammad mohammed morgan muammar muhammad mustafa mykola nathan nathaniel neil nelson
    nicholas nick nicolas nigel nikita nikolai noah norman oleg oleh oleksandr oleksii oliver
    olivier omar orlando osama oscar otto owen pablo paolo patrick paul pavel pavlo pedro pete
    peter petr petro phil philip philippe phillip pierre piotr rafael rahul ralph ramon raul ray
    raymond recep reinhard rene ricardo richard rick rishi rob robert roberto rodrigo roger
    roland roman ron ronald ross roy rudolf rudy rupert russell ryan salman salvador salvatore
    sam samuel saul scott sean sebastian serge sergei sergey serhiy seth shane shaun simon
    slobodan stan stanislav stefan stephen steve steven stewart stuart sven tariq ted terrence
    theodore thomas tim timothy toby todd tom tomas tomasz tommy tony travis trevor tyler umar
    valery vasily vicente victor viktor vince vincent vitali vitaly vladimir volodymyr walter
    warren wayne werner wilhelm william winston wladimir wolfgang xavier yaroslav yevgeny yuri
    yusuf zachary
    """
)

FEMALE: Final = listed(
    """
    abigail ada adele agnes agnieszka aisha alexandra alice alicia alina alison allison amanda
    amber amelia amy ana anastasia angela angelina anita anja ann anna anne annette annie
    antonia arlene ashley astrid audrey barbara beata beatrice becky belinda bernadette bertha
    beth bethany betty beverly birgit bonnie brenda bridget brigitte camilla candace carla
    carmen carol carole caroline carolyn catarina catherine cathy cecilia charlotte cheryl
    christina christine cindy claire clara claudia colleen condoleezza connie consuelo corinne
    cristina cynthia daniela danielle daphne dawn deborah debra delia denise diana diane dolores
    donna dora doris dorothy edith eileen elaine eleanor elena elisa elisabeth elise elizabeth
    ella ellen elsa emilia emily emma erica erika erin esther ethel eva evelyn fatima federica
    felicia fiona frances francesca gabriela gabriella gabrielle galina geraldine gillian gina
    giorgia giulia gladys glenda gloria grace greta gretchen gwen hannah heather heidi helen
    helena helga hillary ida ilona imelda inga ingrid irena irene irina iris isabel isabella
    isabelle ivanka jackie jacqueline jane janet janice jeanette jeanne jennifer jenny jessica
    jill joanna joanne jodie josephine joyce juanita judith judy julia juliana julie juliette
    justine kamala karen karin karine karolina kate katherine kathleen kathryn kathy katie katja
    katrina kay kayleigh kimberly kirsten kirstjen kristen kristina krystyna laura lauren leila
    lena leticia lidia lilian lillian linda lisa liz liza lois loretta lorraine louisa louise
    lucia lucy ludmila luisa lydia madeleine maggie malala manuela marcia margaret margarita
    margrethe maria mariam marianne marie marina marine marjorie marlene marta martha martina
    mary masha maureen megan meghan melania melanie melinda melissa mercedes meredith mia
    michelle miriam moira molly monica monika myra nadia nadine nancy naomi natalia natalie
    natalya natasha nicole nina nora odile oksana olena olga olivia pam pamela patricia patsy
    patti paula pauline peggy penelope penny petra phyllis polly priscilla priti rachel ramona
    rebecca regina renata rhonda rita roberta rosa rosalind rose rosemary roxana ruth sally
    samantha sandra sara sarah serena sharon sheila shelley sheryl shirley silvia sofia sonia
    sonja sophia sophie stacey stella stephanie sue susan susana susanne suzanne svetlana sylvia
    tamara tania tanya tatiana tatyana teresa theresa therese tina ulrike ursula valentina
    valeria valerie vanessa vera veronica veronika victoria viktoria vivian wanda wendy yelena
    yolanda yulia yvette yvonne zoe
    """
)


def usual_pronoun(name: str) -> Gender:
    """The pronoun that a person's first name suggests, "" where it tells nothing."""
    first = normalize(name).partition(" ")[0]
    return "he" if first in MALE else "she" if first in FEMALE else ""
