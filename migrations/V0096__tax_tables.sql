-- What a withholding method counts with (allowances, rates, quick deductions) is part of its setting, and holds from the same day.

alter table tax_setting
    -- {"freeFen", "freeUpToFen", "expenses", "freePerMonthFen", "gapsRestart", "brackets": [{"aboveFen", "rate", "lessFen"}]}
    add column tax_table jsonb,
    -- Whether agencies are withheld from too: they are companies, which mostly pay their taxes themselves.
    add column agencies boolean not null default false,
    drop constraint tax_setting_method_known;

update tax_setting
set tax_table = '{"freeFen": 80000, "freeUpToFen": 400000, "expenses": "0.2", "freePerMonthFen": 0, "gapsRestart": false,
    "brackets": [{"aboveFen": 0, "rate": "0.2", "lessFen": 0}, {"aboveFen": 2000000, "rate": "0.3", "lessFen": 200000},
                 {"aboveFen": 5000000, "rate": "0.4", "lessFen": 700000}]}'
where method <> 'OFF';

alter table tax_setting
    add constraint tax_setting_method_known check (method in ('OFF', 'PER_PAYOUT', 'MONTHLY', 'CUMULATIVE')),
    add constraint tax_setting_counts_with check ((method = 'OFF') = (tax_table is null));
