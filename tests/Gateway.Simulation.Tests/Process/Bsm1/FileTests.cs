using Gateway.Simulation.Process.Bsm1;

namespace Gateway.Simulation.Tests.Process.Bsm1;

public sealed class FileTests
{
    private const string Head = "t_d,SI,SS,XI,XS,XBH,XBA,XP,SO,SNO,SNH,SND,XND,SALK,TSS,Q";
    private const string First = "0,30,60,50,200,30,0,0,0,0,30,6,11,7,210,20000";
    private const string Second = "0.010416666,30,90,50,200,30,0,0,0,0,60,6,11,7,210,35000";

    [Fact]
    public void Rows_are_joined_by_lines_and_the_last_one_holds()
    {
        var series = Read(false, Head, First, Second);
        var row = new double[InfluentSeries.RowLength];
        series.At(5, 0, row);
        Assert.Equal((70, 40, 25_000), (Math.Round(row[Asm1.SS], 9), Math.Round(row[Asm1.SNH], 9), Math.Round(row[InfluentSeries.Flow], 6)));
        series.At(7, 0.5, row);
        Assert.Equal(27_500, row[InfluentSeries.Flow], 6);
        series.At(15, 0, row);
        Assert.Equal(35_000, row[InfluentSeries.Flow]);
        series.At(20_160, 0.5, row);
        Assert.Equal(90, row[Asm1.SS]);
    }

    [Fact]
    public void Rows_can_be_held()
    {
        var series = Read(true, Head, First, Second);
        var row = new double[InfluentSeries.RowLength];
        series.At(14, 0.99, row);
        Assert.Equal(20_000, row[InfluentSeries.Flow]);
        series.At(15, 0, row);
        Assert.Equal(35_000, row[InfluentSeries.Flow]);
    }

    [Theory]
    [InlineData("a row is missing", "i.csv(3,1): error: the time 0.010417 d is expected here: rows are 15 minutes apart and begin at 0", Head, First, "0.0208333,30,90,50,200,30,0,0,0,0,60,6,11,7,210,35000")]
    [InlineData("a word", "i.csv(2,6): error: 'x' is not a number", Head, "0,30,x,50,200,30,0,0,0,0,30,6,11,7,210,20000")]
    [InlineData("a cell is missing", "i.csv(2,1): error: the row has 15 cells, the head 16", Head, "0,30,50,200,30,0,0,0,0,30,6,11,7,210,20000")]
    [InlineData("negative", "i.csv(2,1): error: SNH is negative", Head, "0,30,60,50,200,30,0,0,0,0,-30,6,11,7,210,20000")]
    [InlineData("not a number", "i.csv(2,3): error: 'NaN' is not a number", Head, "0,NaN,60,50,200,30,0,0,0,0,30,6,11,7,210,20000")]
    [InlineData("empty", "i.csv(1,1): error: the file has no rows of numbers", Head)]
    public void What_is_wrong_is_said_with_its_place(string what, string expected, params string[] lines)
    {
        var (influent, errors) = Bsm1Files.ToInfluent(NumberTable.Parse("i.csv", lines), false);
        Assert.Null(influent);
        Assert.True(errors.Contains(expected), $"{what}: {string.Join("; ", errors)}");
    }

    [Fact]
    public void Missing_and_strange_columns_are_refused()
    {
        var (_, missing) = Bsm1Files.ToInfluent(NumberTable.Parse("i.csv", [Head.Replace("SNH", "NH4", StringComparison.Ordinal), First]), false);
        Assert.Contains("the column 'SNH' is missing", Assert.Single(missing));
        var (_, strange) = Bsm1Files.ToInfluent(NumberTable.Parse("i.csv", [Head + ",pH", First + ",7"]), false);
        Assert.Contains("the column 'pH' is not known", Assert.Single(strange));
        Assert.Contains("error", Assert.Single(Bsm1Files.ReadInfluent("/nowhere/influent.csv").Errors), StringComparison.Ordinal);
    }

    [Fact]
    public void Semicolons_and_temperature_are_understood()
    {
        var series = Read(false, (Head + ",T").Replace(',', ';'), (First + ",14.5").Replace(',', ';'));
        Assert.Equal(14.5, series[0][InfluentSeries.Temperature]);
        Assert.Equal(1, series.Count);
    }

    [Fact]
    public void Noise_files_count_minutes()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(path, ["minute,n1,n2", "0,1,-1", "1,3,0"]);
            var (noise, errors) = Bsm1Files.ReadNoise(path);
            Assert.Empty(errors);
            Assert.Equal((2, 2), (noise!.Columns, noise.Minutes));
            Assert.Equal((2.0, -0.5), (noise.At(0, 0, 0.5), noise.At(1, 0, 0.5)));
            File.WriteAllLines(path, ["minute,n1", "0,1", "2,3"]);
            Assert.Contains("(3,1): error: the minute 1 is expected here", Assert.Single(Bsm1Files.ReadNoise(path).Errors), StringComparison.Ordinal);
            File.WriteAllLines(path, ["n1,n2", "0,1"]);
            Assert.Contains("'minute'", Assert.Single(Bsm1Files.ReadNoise(path).Errors), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_official_noise_where_it_is_has_twenty_thousand_minutes()
    {
        if (Reference.Path("sensor_noise.csv") is not { } path)
        {
            Assert.True(Reference.Folder is null || !File.Exists(Path.Combine(Reference.Folder, "sensor_noise.csv")));
            return;
        }

        var (noise, errors) = Bsm1Files.ReadNoise(path);
        Assert.Empty(errors);
        Assert.Equal((6, 20_161), (noise!.Columns, noise.Minutes));
        Assert.Equal((-0.432565, 0.717038), (noise.At(0, 0, 0), noise.At(1, 0, 0)));
    }

    private static InfluentSeries Read(bool holds, params string[] lines)
    {
        var (influent, errors) = Bsm1Files.ToInfluent(NumberTable.Parse("i.csv", lines), holds);
        Assert.Equal("", string.Join('\n', errors));
        Assert.Equal(lines.Length - 1, influent!.Count);
        return influent;
    }
}
