using Gateway.Modbus.Protocol;
using Gateway.PlcSimulator.Bank;
using Gateway.Simulation.Plc;

namespace Gateway.PlcSimulator.Tests;

/// <summary>Map files: values as bytes, rules, and what is said of a wrong file.</summary>
public sealed class BankMapTests
{
    [Theory]
    [InlineData("uint16", "", "4660", "12 34")]
    [InlineData("", "", "0xFFFE", "FF FE")]
    [InlineData("int16", "", "-2", "FF FE")]
    [InlineData("int32", "CDAB", "305419896", "56 78 12 34")]
    [InlineData("uint64", "", "18446744073709551615", "FF FF FF FF FF FF FF FF")]
    [InlineData("uint64", "DCBA", "0x0102030405060708", "08 07 06 05 04 03 02 01")]
    [InlineData("int64", "", "-9007199254740993", "FF DF FF FF FF FF FF FF")]
    [InlineData("float32", "", "1.5", "3F C0 00 00")]
    [InlineData("float32", "BADC", "-2.5e3", "1C C5 00 40")]
    [InlineData("float64", "", "1", "3F F0 00 00 00 00 00 00")]
    [InlineData("float16", "", "0.5", "38 00")]
    [InlineData("bcd32", "", "12345678", "12 34 56 78")]
    [InlineData("mod10K48", "", "123456789012", "04 D2 16 2E 23 34")]
    public void A_value_becomes_the_bytes_of_its_type_and_order(string type, string order, string value, string bytes)
    {
        var map = Good($"space,address,type,order,value\nholding,5,{type},{order},{value}\n");
        var expected = Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(map.Memory(DataSpace.HoldingRegisters).AsSpan(10, expected.Length)));
        Assert.Equal(5 + (expected.Length / 2), map.Size(DataSpace.HoldingRegisters));
        Assert.Equal(0, map.Size(DataSpace.InputRegisters));
    }

    [Fact]
    public void Text_bits_bytes_and_ranges_fill_the_registers()
    {
        var map = Good(""""
            space,address,to,value,type,bit,length
            input,0,,"a ""b""",text,,4
            input,10,,1,bool,3,
            input,10,,1,bit,15,
            input,11,,-1,int8,,
            input,11,,2,uint8High,,
            input,20,25,1.5,float32,,
            coil,3,6,1,,,
            discreteInput,9,,0,bool,,
            """");
        var input = map.Memory(DataSpace.InputRegisters);
        Assert.Equal("6120226222000000", Convert.ToHexString(input.AsSpan(0, 8)));
        Assert.Equal("800802FF", Convert.ToHexString(input.AsSpan(20, 4)));
        Assert.Equal("3FC000003FC000003FC00000", Convert.ToHexString(input.AsSpan(40, 12)));
        Assert.Equal("00000001010101", Convert.ToHexString(map.Memory(DataSpace.Coils).AsSpan(0, 7)));
        Assert.Equal((26, 7, 10, 0), (map.Size(DataSpace.InputRegisters), map.Size(DataSpace.Coils), map.Size(DataSpace.DiscreteInputs), map.Size(DataSpace.HoldingRegisters)));
    }

    [Fact]
    public void Faults_take_the_addresses_of_their_row_and_their_conditions()
    {
        var map = Good("""
            space,address,to,fault,faultArgument,unit,function,probability,skip,count,seconds
            holding,5,9,exception,6,2,3,0.25,4,10,60.5
            coil,1,,silence,,,,,,,
            """);
        Assert.Equal(
            new FaultRule
            {
                Space = DataSpace.HoldingRegisters, From = 5, To = 9, Kind = FaultKind.Exception, Argument = 6, Unit = 2, Function = 3,
                Probability = 0.25, Skip = 4, Count = 10, Seconds = 60.5,
            },
            map.Faults[0]);
        Assert.Equal(new FaultRule { Space = DataSpace.Coils, From = 1, To = 1, Kind = FaultKind.Silence }, map.Faults[1]);
        Assert.Equal(10, map.Size(DataSpace.HoldingRegisters));
    }

    [Theory]
    [InlineData("\uFEFFspace;address;value\r\nholding;1;7\r\n")]
    [InlineData("# made by hand\n\nspace\taddress\tvalue\n\nholding\t1\t7")]
    [InlineData("\"space\",\"address\",\"value\",\"remarks\"\nholding, 1 , \"7\" ,\"two\nlines\"\n,,,\n")]
    [InlineData("SPACE,Address,VALUE\nHolding,1,7\n# end")]
    public void What_spreadsheets_write_is_read(string text)
    {
        var map = Good(text);
        Assert.Equal(2, map.Size(DataSpace.HoldingRegisters));
        Assert.Equal(7, map.Memory(DataSpace.HoldingRegisters)[3]);
    }

    [Theory]
    [InlineData("", "map.csv(1,1): error: the file has no header line; write the column names into the first line, at least space and address")]
    [InlineData("space,address,adress\n", "map.csv(1,15): error: the column 'adress' is not known; there are space, address, to, value, type, order, bit, length, fault, faultArgument, unit, function, probability, skip, count, seconds, remarks")]
    [InlineData("address,space,address\n", "map.csv(1,15): error: the column 'address' stands twice")]
    [InlineData("space,value\n", "map.csv(1,1): error: the column 'address' is missing; add it to the header")]
    [InlineData("space,address,value\nholding,1,2,3\n", "map.csv(2,13): error: the row has 4 cells, the header 3; quote cells that contain the separator")]
    [InlineData("space,address,value\nregister,1,2\n", "map.csv(2,1): error: the space 'register' is not one of coil, discreteInput, holding, input")]
    [InlineData("space,address,value\nholding,,2\n", "map.csv(2,9): error: the address is missing")]
    [InlineData("space,address,value\nholding,65536,2\n", "map.csv(2,9): error: 'address' is '65536'; it must be a whole number from 0 to 65535")]
    [InlineData("space,address,value\nholding,1,12a\n", "map.csv(2,11): error: the value '12a' is not a number; write a decimal point, or 0x and hexadecimal digits")]
    [InlineData("space,address,value\nholding,1,\"1,5\"\n", "map.csv(2,11): error: the value '1,5' is not a number; write a decimal point, or 0x and hexadecimal digits")]
    [InlineData("space,address,value\nholding,1,65536\n", "map.csv(2,11): error: the value '65536' does not fit the type uint16")]
    [InlineData("space,address,value,type\nholding,1,-1,uint32\n", "map.csv(2,11): error: the value '-1' does not fit the type uint32")]
    [InlineData("space,address,value,type\nholding,1,1,float\n", "map.csv(2,13): error: the type 'float' is not one of bool, bit, int8, uint8, int8high, uint8high, int16, uint16, int32, uint32, int64, uint64, float16, float32, float64, bcd16, bcd32, mod10k16, mod10k32, mod10k48, mod10k64, text")]
    [InlineData("space,address,value,type\nholding,65535,1,float32\n", "map.csv(2,9): error: a value of type float32 takes 2 registers, which does not fit from 65535 to 65536")]
    [InlineData("space,address,to,value,type\nholding,1,3,1,float32\n", "map.csv(2,11): error: a value of type float32 takes 2 registers, which does not fit from 1 to 3")]
    [InlineData("space,address,to,value\nholding,5,4,1\n", "map.csv(2,11): error: 'to' is '4'; it must be a whole number from 5 to 65535")]
    [InlineData("space,address,value,order\nholding,1,1,ABBA\n", "map.csv(2,13): error: the order 'ABBA' is not one of ABCD, CDAB, BADC, DCBA, or each of the first letters once")]
    [InlineData("space,address,value,type,bit\nholding,1,1,bit,\n", "map.csv(2,17): error: the type bit needs the number of the bit, 0 to 15")]
    [InlineData("space,address,value,type\nholding,1,abc,text\n", "map.csv(2,1): error: text needs its length in registers")]
    [InlineData("space,address,value,type\ncoil,1,1,uint16\n", "map.csv(2,10): error: a coil holds a single bit: leave type, order and bit empty")]
    [InlineData("space,address,value\ncoil,1,2\n", "map.csv(2,8): error: the value '2' of a coil is not 0 or 1")]
    [InlineData("space,address,value,type\nholding,1,1,float32\nholding,2,1,uint16\n", "map.csv(3,9): error: the holding 2 has a value already, in line 2")]
    [InlineData("space,address,value,type\nholding,1,,float32\n", "map.csv(2,11): error: a type, order, bit or length needs a value")]
    [InlineData("space,address,fault\nholding,1,slow\n", "map.csv(2,11): error: the fault 'slow' is not one of exception, wrongTransaction, wrongUnit, wrongFunction, delay, byteByByte, silence, answerLost, closeBefore, closeAfter, truncated, garbage, stuck")]
    [InlineData("space,address,fault,faultArgument\nholding,1,exception,256\n", "map.csv(2,21): error: the argument of Exception must be 1 to 255")]
    [InlineData("space,address,fault,faultArgument\nholding,1,silence,1\n", "map.csv(2,19): error: the fault Silence takes no argument")]
    [InlineData("space,address,fault,probability\nholding,1,silence,2\n", "map.csv(2,11): error: the probability must be above 0 and at most 1")]
    [InlineData("space,address,fault,unit\nholding,1,silence,256\n", "map.csv(2,19): error: 'unit' is '256'; it must be a whole number from 0 to 255")]
    [InlineData("space,address,fault,seconds\nholding,1,silence,abc\n", "map.csv(2,19): error: 'seconds' is 'abc', which is not a number; write a decimal point")]
    [InlineData("space,address,value\nholding,1,\"7\n", "map.csv(2,11): error: the quoted cell has no end; add the closing quote")]
    [InlineData("space,address,value\nholding,1,\"7\"8\n", "map.csv(2,14): error: there is text behind the closing quote; double the quotes inside a cell")]
    public void A_mistake_is_said_with_its_place(string text, string error)
    {
        var (map, errors) = BankMapReader.Read("map.csv", text);
        Assert.Null(map);
        Assert.Equal([error], errors);
    }

    [Fact]
    public void All_mistakes_are_said_at_once_and_their_number_is_limited()
    {
        var (_, errors) = BankMapReader.Read("map.csv", "space,address,value\nholding,x,1\ncoil,1,5\nholding,2,3\nfoo,1,1\n");
        Assert.Equal(["map.csv(2,9)", "map.csv(3,8)", "map.csv(5,1)"], errors.Select(error => error[..error.IndexOf(':', StringComparison.Ordinal)]));
        (_, errors) = BankMapReader.Read("map.csv", "space,address\n" + string.Concat(Enumerable.Repeat("foo,1\n", 5000)));
        Assert.Equal(101, errors.Count);
        Assert.Equal("map.csv: error: more than 100 errors; the rest of the file was not read", errors[^1]);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_an_error()
    {
        var (map, errors) = BankMapReader.Load("/nowhere/map.csv");
        Assert.Null(map);
        Assert.StartsWith("/nowhere/map.csv: error: ", Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_of_the_manual_is_good()
    {
        var manual = File.ReadAllText(Path.Combine(ExampleSite.Folder, "..", "..", "docs", "plcsim.md"));
        const string Fence = "```csv\n";
        var begin = manual.IndexOf(Fence, StringComparison.Ordinal) + Fence.Length;
        var map = Good(manual[begin..manual.IndexOf("```", begin, StringComparison.Ordinal)]);
        Assert.Equal([FaultKind.Delay, FaultKind.Exception], map.Faults.Select(fault => fault.Kind));
        Assert.Equal(201, map.Size(DataSpace.HoldingRegisters));
        Assert.Equal("50554D502037", Convert.ToHexString(map.Memory(DataSpace.HoldingRegisters).AsSpan(80, 6)));
        Assert.Equal(8, map.Memory(DataSpace.InputRegisters)[1]);
    }

    private static BankMap Good(string text)
    {
        var (map, errors) = BankMapReader.Read("map.csv", text);
        Assert.Empty(errors);
        return map!;
    }
}
