-- What host apps let through: which links open there, and what may be posted there; as data, because it changes.

create table host_app_rule (
    version        int         generated always as identity,
    -- What the rule is about; null stands for any.
    host_app       text,
    scene          text,
    os             text,
    marketplace    text,
    medium         text,
    topic          text,
    -- A withdrawn rule leaves its ground to the less specific ones.
    withdrawn      boolean     not null default false,
    -- How a fan's click is answered there.
    delivery       text        not null,
    -- Whether a creator should post this form there.
    posting        text        not null,
    -- Why, in words for a creator.
    why            text        not null,
    -- What to do there, in words for a fan.
    instruction    text        not null,
    verified_on    date        not null,
    verified_how   text        not null,
    effective_from timestamptz not null,
    created_at     timestamptz not null default now(),
    created_by     uuid,
    constraint host_app_rule_pkey primary key (version),
    constraint host_app_rule_start_key
        unique nulls not distinct (host_app, scene, os, marketplace, medium, topic, effective_from),
    constraint host_app_rule_created_by_fkey foreign key (created_by) references person,
    constraint host_app_rule_scene_known check (scene in ('CHAT', 'GROUP', 'MOMENTS', 'NOTE', 'COMMENT', 'VIDEO',
        'LIVE', 'PROFILE')),
    constraint host_app_rule_marketplace_known check (marketplace in ('TAOBAO', 'JD', 'PDD', 'DOUYIN', 'XIANYU')),
    constraint host_app_rule_medium_known check (medium in ('LINK', 'TOKEN', 'NATIVE_TOKEN', 'IMAGE')),
    constraint host_app_rule_delivery_known check (delivery in ('REDIRECT', 'LANDING')),
    constraint host_app_rule_posting_known check (posting in ('ALLOWED', 'WARN', 'REFUSED')),
    constraint host_app_rule_says_why check (why <> '' and verified_how <> '')
);

insert into host_app_rule
    (host_app, scene, marketplace, medium, topic, delivery, posting, why, instruction, verified_on, verified_how, effective_from)
values
    (null, null, null, null, null, 'REDIRECT', 'ALLOWED',
     '浏览器和没有限制的应用里，链接直接打开', '点下面的按钮打开商品。',
     '2026-11-01', '默认规则：没有更具体的规则时适用', '2016-01-01T00:00:00+08:00'),

    ('WECHAT', null, null, null, null, 'LANDING', 'WARN',
     '微信不保证能打开外部链接：粉丝先看到说明页', '微信里不一定能打开商品。请点右上角「···」，选「在浏览器打开」；或复制链接，到浏览器里粘贴。',
     '2026-11-01', '2019-10-28 起施行的《微信外部链接内容管理规范》，见报道；场景不明时按不能打开处理', '2016-01-01T00:00:00+08:00'),
    ('WECHAT', 'CHAT', null, null, null, 'REDIRECT', 'ALLOWED',
     '2021-09-17 起，微信一对一聊天可以打开外部链接', '点下面的按钮打开商品。',
     '2021-09-17', '工信部会议后的微信公告，三处报道', '2021-09-17T00:00:00+08:00'),
    ('WECHAT', 'GROUP', null, null, null, 'LANDING', 'WARN',
     '微信群打不开商城链接：粉丝先看到说明页，再自己去浏览器打开', '微信群里打不开商品。请点右上角「···」，选「在浏览器打开」；或复制链接，到浏览器里粘贴。',
     '2021-09-17', '微信公告：群聊由用户日后自行选择，未见开放；三处报道', '2016-01-01T00:00:00+08:00'),
    ('WECHAT', 'MOMENTS', null, null, null, 'LANDING', 'WARN',
     '朋友圈打不开商城链接：粉丝先看到说明页，再自己去浏览器打开', '朋友圈里打不开商品。请点右上角「···」，选「在浏览器打开」；或复制链接，到浏览器里粘贴。',
     '2021-09-17', '微信公告只开放一对一聊天；三处报道', '2016-01-01T00:00:00+08:00'),
    ('WECHAT', null, null, 'TOKEN', null, 'LANDING', 'REFUSED',
     '微信不许传播识别码、口令：发链接，不要发口令', '微信里不一定能打开商品。请点右上角「···」，选「在浏览器打开」；或复制链接，到浏览器里粘贴。',
     '2025-10-23', '2018-05 朋友圈规则（报道），2025-10-23 版规范第 2.17 条（二手引文）', '2018-05-21T00:00:00+08:00'),
    ('WECHAT', null, null, 'NATIVE_TOKEN', null, 'LANDING', 'REFUSED',
     '微信不许传播识别码、口令：发链接，不要发口令', '微信里不一定能打开商品。请点右上角「···」，选「在浏览器打开」；或复制链接，到浏览器里粘贴。',
     '2025-10-23', '2018-05 朋友圈规则（报道），2025-10-23 版规范第 2.17 条（二手引文）', '2018-05-21T00:00:00+08:00'),
    ('WECHAT_MINI_PROGRAM', null, null, null, null, 'LANDING', 'WARN',
     '小程序的网页只能打开登记过的域名', '小程序里打不开商品。请复制链接，到浏览器里粘贴。',
     '2026-11-01', '小程序 web-view 的业务域名限制；未逐一实测', '2016-01-01T00:00:00+08:00'),
    ('WECHAT_DESKTOP', null, null, null, null, 'LANDING', 'WARN',
     '电脑版微信能否打开商城链接没有公开说明：粉丝先看到说明页，也可以用手机扫码', '如果打不开商品，请复制链接到浏览器里打开，或用手机扫下面的码。',
     '2026-11-01', '未找到公开规则，按不能打开处理', '2016-01-01T00:00:00+08:00'),
    ('WECOM', null, null, null, null, 'LANDING', 'WARN',
     '企业微信能否打开商城链接没有公开说明：粉丝先看到说明页', '如果打不开商品，请点右上角「···」，选「在浏览器打开」；或复制链接，到浏览器里粘贴。',
     '2026-11-01', '未找到公开规则，按不能打开处理', '2016-01-01T00:00:00+08:00'),

    ('QQ', null, null, null, null, 'LANDING', 'WARN',
     'QQ 是否打开这个商城的链接没有公开说明：粉丝先看到说明页', '如果打不开商品，请点右上角菜单，选「在浏览器打开」；或复制链接，到浏览器里粘贴。',
     '2026-11-01', '未找到公开规则，按不能打开处理', '2016-01-01T00:00:00+08:00'),
    ('QQ', null, 'TAOBAO', null, null, 'REDIRECT', 'ALLOWED',
     'QQ 里淘宝链接直接打开：发普通链接即可', '点下面的按钮打开商品。',
     '2021-09-17', '互联互通开放时的使用记录', '2021-09-17T00:00:00+08:00'),
    ('QQ', null, 'DOUYIN', null, null, 'REDIRECT', 'ALLOWED',
     'QQ 里抖音链接直接打开：发普通链接即可', '点下面的按钮打开商品。',
     '2021-09-17', '互联互通开放时的使用记录', '2021-09-17T00:00:00+08:00'),

    ('XIAOHONGSHU', null, null, null, null, 'LANDING', 'REFUSED',
     '小红书里链接是死文字，导流到站外还会被处罚', '小红书里打不开商品。请复制链接，到浏览器里粘贴。',
     '2025-03-12', '《交易导流违规管理细则》2025-03-12 起施行（报道）', '2016-01-01T00:00:00+08:00'),
    ('XIAOHONGSHU', null, null, 'TOKEN', null, 'LANDING', 'ALLOWED',
     '小红书里只有文字能到粉丝手里：发口令，粉丝复制后再粘贴', '小红书里打不开商品。请复制链接，到浏览器里粘贴。',
     '2021-09-17', '互联互通开放时的使用记录：只能发文字', '2016-01-01T00:00:00+08:00'),
    ('XIAOHONGSHU', null, null, 'NATIVE_TOKEN', null, 'LANDING', 'ALLOWED',
     '小红书里只有文字能到粉丝手里：平台口令粘贴到购物应用里才有效，这一步谁也看不见', '小红书里打不开商品。请复制链接，到浏览器里粘贴。',
     '2021-09-17', '互联互通开放时的使用记录：只能发文字', '2016-01-01T00:00:00+08:00'),

    ('DOUYIN', 'LIVE', null, null, null, 'LANDING', 'REFUSED',
     '抖音直播间不打开站外链接', '直播间里打不开商品。请复制链接，到浏览器里粘贴。',
     '2021-09-17', '互联互通开放时的使用记录', '2016-01-01T00:00:00+08:00'),
    ('DOUYIN', null, null, null, 'FINANCE', 'LANDING', 'REFUSED',
     '抖音不打开金融类的站外链接', '这里打不开这个商品。请复制链接，到浏览器里粘贴。',
     '2021-09-17', '互联互通开放时的使用记录', '2016-01-01T00:00:00+08:00'),
    ('DOUYIN', null, null, null, 'MEDICAL', 'LANDING', 'REFUSED',
     '抖音不打开医疗类的站外链接', '这里打不开这个商品。请复制链接，到浏览器里粘贴。',
     '2021-09-17', '互联互通开放时的使用记录', '2016-01-01T00:00:00+08:00'),
    ('TOUTIAO', 'LIVE', null, null, null, 'LANDING', 'REFUSED',
     '头条直播间不打开站外链接', '直播间里打不开商品。请复制链接，到浏览器里粘贴。',
     '2021-09-17', '互联互通开放时的使用记录', '2016-01-01T00:00:00+08:00'),
    ('TOUTIAO', null, null, null, 'FINANCE', 'LANDING', 'REFUSED',
     '头条不打开金融类的站外链接', '这里打不开这个商品。请复制链接，到浏览器里粘贴。',
     '2021-09-17', '互联互通开放时的使用记录', '2016-01-01T00:00:00+08:00'),
    ('TOUTIAO', null, null, null, 'MEDICAL', 'LANDING', 'REFUSED',
     '头条不打开医疗类的站外链接', '这里打不开这个商品。请复制链接，到浏览器里粘贴。',
     '2021-09-17', '互联互通开放时的使用记录', '2016-01-01T00:00:00+08:00'),
    ('KUAISHOU', null, null, null, null, 'LANDING', 'WARN',
     '快手能否打开商城链接没有公开说明：粉丝先看到说明页', '如果打不开商品，请复制链接，到浏览器里粘贴。',
     '2026-11-01', '未找到公开规则，按不能打开处理', '2016-01-01T00:00:00+08:00'),

    (null, null, 'XIANYU', null, null, 'LANDING', 'WARN',
     '闲鱼链接时好时坏：粉丝先看到说明页', '闲鱼链接不一定能直接打开。点下面的按钮试试；打不开就复制链接，到浏览器里粘贴。',
     '2021-09-17', '互联互通开放时的使用记录', '2016-01-01T00:00:00+08:00');

insert into host_app_rule
    (host_app, scene, marketplace, delivery, posting, why, instruction, verified_on, verified_how, effective_from)
values
    ('WECHAT', 'CHAT', 'XIANYU', 'LANDING', 'WARN',
     '闲鱼链接时好时坏：粉丝先看到说明页', '闲鱼链接不一定能直接打开。点下面的按钮试试；打不开就点右上角「···」，选「在浏览器打开」。',
     '2021-09-17', '互联互通开放时的使用记录', '2021-09-17T00:00:00+08:00');

create function host_app_rule_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('host_app_rule', '');
    return null;
end $$;

create trigger host_app_rule_changed after insert on host_app_rule
    for each statement execute function host_app_rule_changed();

-- What is remembered of links must be learned anew when they change. A link that is made is remembered by nobody yet.
create function placement_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('link', new.code);
    return null;
end $$;

create trigger placement_changed after update on placement
    for each row when (old.* is distinct from new.*) execute function placement_changed();

create function offer_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('offer', new.id::text);
    return null;
end $$;

create trigger offer_changed after update on offer
    for each row when (old.* is distinct from new.*) execute function offer_changed();

create function offer_picture_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('offer', new.offer_id::text);
    return null;
end $$;

create trigger offer_picture_changed after insert or update on offer_picture
    for each row execute function offer_picture_changed();
