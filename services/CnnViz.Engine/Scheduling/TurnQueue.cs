namespace CnnViz.Engine.Scheduling;

/// <summary>
/// Whose turn it is: start-time fair queueing (Goyal, Vin and Cheng 1996) with equal weights and one turn per unit. Among the
/// tickets that have units waiting, the one that had the fewest turns is next; a ticket that had nothing to do joins where the
/// others are, so that it neither saves turns up nor waits for the others' past. A wide unit, when it is next, lets the running
/// ones end and nothing else begin, so that narrow units cannot keep it out. Not safe for concurrent use.
/// </summary>
/// <param name="lanes">Narrow units that may run at the same time.</param>
internal sealed class TurnQueue(int lanes)
{
    private readonly List<LaneTicket> _ready = [];
    private int _narrow;
    private bool _wide;
    private long _turn;
    private long _order;

    /// <summary>Units that run.</summary>
    public int Running => _narrow + (_wide ? 1 : 0);

    /// <summary>Lanes that they take.</summary>
    public int BusyLanes => _wide ? lanes : _narrow;

    /// <summary>Units that wait.</summary>
    public int Waiting => _ready.Sum(ticket => ticket.Waiting.Count);

    /// <summary>Tickets that have units waiting: who comes at a turn before someone who joins now.</summary>
    public IReadOnlyCollection<LaneTicket> Ready => _ready;

    /// <summary>Puts a unit behind the others of its ticket.</summary>
    public void Add(LaneUnit unit)
    {
        var ticket = unit.Ticket;
        if (ticket.Waiting.Count == 0)
        {
            ticket.Turns = Math.Max(ticket.Turns, _turn);
            ticket.Order = ++_order;
            _ready.Add(ticket);
        }

        ticket.Waiting.AddLast(unit);
    }

    /// <summary>Takes a unit out that has not begun; false where it is not waiting.</summary>
    public bool Remove(LaneUnit unit)
    {
        var removed = unit.Ticket.Waiting.Remove(unit);
        if (removed && unit.Ticket.Waiting.Count == 0)
        {
            _ready.Remove(unit.Ticket);
        }

        return removed;
    }

    /// <summary>The unit to begin now, which counts as running until <see cref="End"/>; null where none may.</summary>
    public LaneUnit? TryTake()
    {
        if (_wide || _ready.Count == 0)
        {
            return null;
        }

        var ticket = _ready.MinBy(candidate => (candidate.Turns, candidate.Order))!;
        var unit = ticket.Waiting.First!.Value;
        if (unit.Wide ? _narrow > 0 : _narrow == lanes)
        {
            return null;
        }

        if (unit.Wide)
        {
            _wide = true;
        }
        else
        {
            _narrow++;
        }

        _turn = ticket.Turns++;
        ticket.Order = ++_order;
        Remove(unit);
        return unit;
    }

    /// <summary>A unit that was taken has ended.</summary>
    public void End(LaneUnit unit)
    {
        if (unit.Wide)
        {
            _wide = false;
        }
        else
        {
            _narrow--;
        }
    }

    /// <summary>Takes all waiting units out.</summary>
    public List<LaneUnit> Clear()
    {
        var waiting = _ready.SelectMany(ticket => ticket.Waiting).ToList();
        waiting.ForEach(unit => Remove(unit));
        return waiting;
    }
}
