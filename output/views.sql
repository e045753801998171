-- Views over the tables of a run, for DuckDB: duckdb -init output/views.sql

-- Articles with their counts.
create or replace view articles_overview as
select
    a.article_id,
    coalesce(a.title, left(a.text, 60)) as title,
    a.published_at,
    a.n_words,
    (select count(*) from 'output/paragraphs/*.parquet' p where p.article_id = a.article_id) as n_paragraphs,
    (select count(*) from 'output/sentences/*.parquet' s where s.article_id = a.article_id) as n_sentences,
    (select count(*) from 'output/entities/*.parquet' e where e.article_id = a.article_id) as n_entities,
    (select count(distinct e.canonical) from 'output/entities/*.parquet' e where e.article_id = a.article_id) as n_names,
    (select count(*) from 'output/duplicate_clusters/*.parquet' d
        where d.article_id = a.article_id and d.role <> 'canonical') as n_repeats
from 'output/articles/*.parquet' a
order by a.article_id;

-- The stance of each article towards each target, the author's.
create or replace view article_stances as
select article_id, target_id, target, stance, score, p_favor, p_against, p_neutral, relevance, model
from 'output/stances/*.parquet'
where unit = 'article' and holder_kind = 'author'
order by article_id, target_id;

-- Paragraphs with their cluster of repeats, where they have one.
create or replace view paragraphs_with_clusters as
select p.*, d.cluster_id, d.role, d.size as cluster_size
from 'output/paragraphs/*.parquet' p
left join 'output/duplicate_clusters/*.parquet' d using (article_id, paragraph_idx)
order by p.article_id, p.paragraph_idx;

-- Names by article: how often, under which label, in which spellings.
create or replace view names as
select
    article_id,
    canonical,
    mode(label) as label,
    count(*) as n_mentions,
    list(distinct text order by text) as spellings,
    avg(score) as mean_score
from 'output/entities/*.parquet'
group by article_id, canonical
order by article_id, n_mentions desc, canonical;
