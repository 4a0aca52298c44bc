-- The words that creators post: templates that operators edit, the most specific one for a place counts.

create table share_template (
    id         bigint      generated always as identity,
    -- Where it is for; null stands for any.
    platform   text,
    scene      text,
    medium     text        not null,
    text       text        not null,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    constraint share_template_pkey primary key (id),
    constraint share_template_place_key unique nulls not distinct (platform, scene, medium),
    constraint share_template_updated_by_fkey foreign key (updated_by) references person,
    constraint share_template_platform_known check (platform in ('WECHAT', 'WECOM', 'QQ', 'XIAOHONGSHU', 'WEIBO',
        'DOUYIN', 'TOUTIAO', 'KUAISHOU', 'WEB')),
    constraint share_template_scene_known check (scene in ('CHAT', 'GROUP', 'MOMENTS', 'NOTE', 'COMMENT', 'VIDEO',
        'LIVE', 'PROFILE')),
    constraint share_template_medium_known check (medium in ('LINK', 'TOKEN', 'NATIVE_TOKEN', 'IMAGE')),
    constraint share_template_text_given check (text <> ''),
    -- WeChat forbids tokens in texts, Xiaohongshu links: no template may put them there, whoever wrote it.
    constraint share_template_no_token_in_wechat check (platform <> 'WECHAT' or text !~* '\{(token|nativeToken)\}|◆'),
    constraint share_template_no_link_in_xiaohongshu check (platform <> 'XIAOHONGSHU' or text !~* '\{url\}|https?:')
);

insert into share_template (platform, scene, medium, text) values
    (null, null, 'LINK', E'{title}\n到手价 {priceAfterCoupon} 元\n领券立减 {coupon} 元\n{url}'),
    (null, null, 'TOKEN', E'{title}\n到手价 {priceAfterCoupon} 元\n{token}\n复制这段话，打开 {pasteAt} 粘贴，直达商品'),
    -- The marketplace's text first and as it is: its app does not know it again after a change.
    (null, null, 'NATIVE_TOKEN', E'{nativeToken}\n复制整段话，打开{app}'),
    (null, null, 'IMAGE', E'{title}\n到手价 {priceAfterCoupon} 元\n扫图中二维码，或打开 {url}'),
    (null, 'COMMENT', 'LINK', '{title} {url}'),
    (null, 'COMMENT', 'TOKEN', '{title} {token} 复制后打开 {pasteAt} 粘贴'),
    (null, 'PROFILE', 'LINK', '{title} {url}'),
    ('QQ', null, 'LINK', '{title} {url}'),
    ('WEIBO', null, 'LINK', '{title} {url}'),
    ('WECHAT', null, 'LINK', E'{title}\n到手价 {priceAfterCoupon} 元\n领券立减 {coupon} 元\n{url}'),
    ('WECHAT', null, 'TOKEN', E'{title}\n到手价 {priceAfterCoupon} 元\n{url}'),
    ('WECHAT', null, 'NATIVE_TOKEN', E'{title}\n到手价 {priceAfterCoupon} 元\n{url}'),
    ('WECHAT', null, 'IMAGE', E'{title}\n到手价 {priceAfterCoupon} 元'),
    ('WECHAT', 'MOMENTS', 'LINK', E'{title}\n{url}'),
    ('XIAOHONGSHU', null, 'LINK', E'{title}\n到手价 {priceAfterCoupon} 元\n{token}\n复制口令，到「{pasteAt}」粘贴，直达商品'),
    ('XIAOHONGSHU', null, 'TOKEN', E'{title}\n到手价 {priceAfterCoupon} 元\n{token}\n复制口令，到「{pasteAt}」粘贴，直达商品'),
    ('XIAOHONGSHU', null, 'NATIVE_TOKEN', E'{title}\n{nativeToken}\n复制口令，打开{app}'),
    ('XIAOHONGSHU', null, 'IMAGE', E'{title}\n{token}\n复制口令，到「{pasteAt}」粘贴，直达商品'),
    ('XIAOHONGSHU', 'COMMENT', 'TOKEN', '{token} 复制后到「{pasteAt}」粘贴'),
    ('XIAOHONGSHU', 'COMMENT', 'NATIVE_TOKEN', '{nativeToken} 复制后打开{app}');

create function share_template_changed() returns trigger language plpgsql as $$
begin
    perform pg_notify('share_template', '');
    return null;
end $$;

create trigger share_template_changed after insert or update on share_template
    for each statement execute function share_template_changed();
