"""Who of Labeled Faces in the Wild belongs to which group, as far as names of public figures tell.

East and South-East Asian: citizens of these countries, and a few others whose names say where their families come from.
Women: by first name. Both lists are incomplete and for counting only; nothing of the product knows groups.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

_ASIAN = """
    Akiko_Morigami Alan_Tang_Kwong-wing Atsushi_Sato BJ_Habibie Bernice_Wong Bryan_Chui Candie_Kung
    Carina_Lau_Ka-ling Cecilia_Chang Chan_Ho_Park Chang_Jae_On Chang_Sang Chen_Shui-bian Cho_Myung-kyun Choi_Yun-yong
    Connie_Chung Dai_Chul_Chyung David_Oh Din_Samsudin Elaine_Chao Elva_Hsiao Eriko_Tamura Erwin_Mapasseng Frank_Hsieh
    Fujio_Mitarai Gloria_Macapagal_Arroyo Gong_Li Ham_Pong-sil Han_Sung_Joo Hana_Urushima Hasan_Wirayuda Hatsui_Hasuike
    Hermogenes_Ebdane_Jr Hitoshi_Tanaka Hong_Myung Huang_Suey-Sheng Hutomo_Mandala_Putra Ignatius_Wang Imam_Samudra
    Imelda_Marcos Jackie_Chan Jeong_Se-hyun Jim_Wong Johnny_Htu Joseph_Estrada Junichi_Inamoto Junko_Tabei Keizo_Yamada
    Khin_Nyunt Kim_Dae-jung Kim_Dong-hwa Kim_Dong-tae Kim_Hong-up Kim_Ryong-sung Kim_Yun-kyu Koichiro_Matsuura
    Koji_Uehara Kong_Quan Kurt_Suzuki Kurt_Tanabe Kyoko_Nakayama Lee_Hoi-chang Lee_Yeo-jin Lee_Yuan-tseh Leon_Lai
    Li_Peng Li_Zhaoxing Lin_Yi-fu Lin_Yung_Hsi Liu_Xiaoqing Liu_Ye Lou_Ye Lucy_Liu Mahathir_Mohamad
    Megawati_Sukarnoputri Michelle_Kwan Michelle_Yeoh Nan_Wang Naoto_Kan Paradorn_Srichaphan Roh_Moo-hyun
    Thaksin_Shinawatra Yao_Ming Yoko_Ono Zhang_Ziyi
"""

_WOMENS_NAMES = """
    Adriana Adrianna Afton Agbani Agnes Aileen Aishwarya Aiysha Akiko Alanis Alessandra Alexa Alexandra Alicia Alisha
    Ally Alma Aly Alyson Amanda Amber Amy Ana Angela Angelica Angelina Anja Ann Anna Anne Annie Annika Aparna Ashanti
    Ashley Astrid Audrey Barbara Barbora Beatrice Bernice Beyonce Bianca Brenda Brittany Cameron Camille Camryn Candie
    Carin Carina Carla Carol Caroline Carolyn Cassandra Catherine Cathryn Cathy Catriona Cecile Cecilia Celine Chanda
    Chandrika Charlize Charlotte Chelsea Cherie Christiane Christine Christy Cindy Claire Claudia Coco Coleen Colleen
    Columba Connie Courtney Cynthia Dagmar Daisy Daja Dana Danielle Deb Demi Denise Diana Dinora Dionne Donna Dorothy
    Dyana Edina Edith Edwina Eileen Elaine Elena Elisabeth Elisha Eliza Elizabeth Ellen Elodie Elsa Elva Emmanuelle Emmy
    Enrica Erika Eriko Estelle Eva Eve Farida Fatma Faye Fiona Florecita Florencia Frederique Gabi Gabrielle Georgia
    Georgina Gina Giulietta Gloria Goldie Gong Gordana Grace Gracia Gretchen Gunilla Gwen Halle Hana Hatsui Hayden
    Heather Helen Helena Helo Holly Imelda Inga Ingrid Irene Isabel Iveta Jacqueline Jana Jane Janela Janet Janine Janis
    Jeane Jeanette Jeanne Jeannette Jelena Jen Jennette Jennie Jennifer Jessica Joanne Jodie Joy Judy Julia Julianne
    Julie Juliette Junko Kajsa Kalpana Karen Katalin Kate Kathie Kathryn Kathy Katie Katja Katrin Kay Kaye Kellie Kelly
    Khatol Kirsten Kristanna Kristen Kyoko Lara Laura Laurie Leah Lela Lena Lesia Lesley Leticia Liane Lili Linda
    Lindsay Linn Lisa Liza Lorraine Louisa Lucy Madonna Martha Martina Megawati Meryl Michelle Monica Nan Natalie Yoko
    Zhang
"""

ASIAN = frozenset(_ASIAN.split())
_WOMEN = frozenset(_WOMENS_NAMES.split())

GROUPS: Mapping[str, Callable[[str], bool]] = {
    "everybody": lambda _name: True,
    "East and South-East Asian": lambda name: name in ASIAN,
    "others": lambda name: name not in ASIAN,
    "women": lambda name: name.split("_")[0] in _WOMEN,
    "men": lambda name: name.split("_")[0] not in _WOMEN,
}
"""Group → whether a person of this folder name belongs to it."""

DOUBLED = frozenset({"John_Burnett", "Doc_Rivers"})
"""People who are in the set under another spelling as well (John_Barnett, Glenn_Rivers)."""
