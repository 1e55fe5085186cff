-- breaking: no

-- Open clocks are counted by state for operators; without an index that would read every clock there ever was.
create index clock_open_state on clock (state) where state in ('running', 'paused') and not voided;
