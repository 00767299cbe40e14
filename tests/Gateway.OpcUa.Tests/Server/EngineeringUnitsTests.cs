using Gateway.OpcUa.Server;
using Gateway.OpcUa.Types;

namespace Gateway.OpcUa.Tests.Server;

/// <summary>Units by the codes of UNECE Recommendation 20.</summary>
public sealed class EngineeringUnitsTests
{
    // Part 8 §5.6.3.3 gives the rule; the first two numbers are also those of the OPC Foundation's own table.
    [Theory]
    [InlineData("degC", 4408652, "degree Celsius")]
    [InlineData("m3/h", 5067080, "cubic metre per hour")]
    [InlineData("%", 20529, "percent")]
    [InlineData("mg/L", 0x4D31, "milligram per litre")]
    public void A_known_symbol_has_the_id_of_its_common_code(string symbol, int id, string name)
    {
        EUInformation unit = EngineeringUnits.Find(symbol)!;
        Assert.Equal(("http://www.opcfoundation.org/UA/units/un/cefact", id), (unit.NamespaceUri, unit.UnitId));
        Assert.Equal((symbol, name), (unit.DisplayName.Text, unit.Description.Text));
    }

    [Fact]
    public void A_symbol_without_a_code_has_no_id_and_is_shown_as_it_is()
    {
        EUInformation unit = EngineeringUnits.Find("mJ/cm2")!;
        Assert.Equal((null, -1, "mJ/cm2"), (unit.NamespaceUri, unit.UnitId, unit.DisplayName.Text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    public void No_unit_is_none(string symbol) => Assert.Null(EngineeringUnits.Find(symbol));
}
