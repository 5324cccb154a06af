"""Who of Labeled Faces in the Wild is a woman, as far as first names of public figures tell.

The list is incomplete and for counting only; nothing of the product knows groups.
"""

from __future__ import annotations

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

_WOMEN = frozenset(_WOMENS_NAMES.split())


def is_woman(name: str) -> bool:
    """Tell whether a person of this folder name is a woman, as far as first names tell."""
    return name.split("_")[0] in _WOMEN


DOUBLED = frozenset({"John_Burnett", "Doc_Rivers", "korean_ken", "korean_rm"})
"""People who are in their set under another spelling as well (John_Barnett, Glenn_Rivers, Ken Jeong, Rap Monster)."""
